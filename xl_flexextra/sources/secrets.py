"""What of a source may be shown, logged or journalled: only what is known to be harmless.

An allow-list: what is not known to be harmless stays hidden.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from ..errors import BadInput
from ..files import door

WRITE_IT = "write it as postgresql://user@host/database or sqlite:///file.sqlite"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")
_WEB = re.compile(r"(https?|ftps?|sftp|s3|gs|abfss?|file)://", re.IGNORECASE)
_SCHEME = re.compile(r"(jdbc|odbc|postgres(ql)?|mysql|mariadb|mssql|oracle|sqlserver|snowflake)\b.*[:/]", re.IGNORECASE)
_WORDS = re.compile(  # of psycopg, ODBC and JDBC; year=2008/prices.parquet is a path
    r"\b(pass\w*|pwd|pw|secret\w*|token\w*|sig\w*|\w*key|host(addr)?|dbname|database|server|driver|uid|user( id)?|dsn"
    r"|data source|initial catalog)\s*=",
    re.IGNORECASE,
)
_HARMLESS = frozenset({"mode", "uri", "sslmode", "charset", "driver", "connect_timeout", "client_encoding", "timeout"})
_PLAIN = re.compile(r"[\w.\-:\[\]]*", re.ASCII)


def is_url(text: str) -> bool:
    """Whether a text begins as a URL does, such as postgresql+psycopg://host/db."""
    return _URL.match(text) is not None


def tidy(text: str) -> str:
    """A source without the blanks and quotes around it that copying leaves; the name of a file that is there stays."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'":
        bare = bare[1:-1].strip()
    return bare if bare == text or not _there(text) else text


def may_hold_secret(text: str) -> bool:
    """Whether a source that is no URL looks like a mistyped one, or like the words of a driver, with a password in it."""
    drive = re.sub(r"^[A-Za-z]:[\\/]", "", text)  # C:\prices.csv is a path
    return bool(
        "://" in drive
        or re.search(r":[^\\/].*@", drive)
        or _SCHEME.match(drive)
        or re.search(r"//.*@", drive)
        or _WORDS.search(drive)
    )


def refuse_secrets(text: str) -> None:
    """Refuse, without repeating it, a source that is no file and may hold a password.

    Raises:
        BadInput: it looks like a web address, a mistyped URL or the words of a driver.
    """
    if _WEB.match(text):
        raise BadInput("The source is a web address, which is not read; download the file and give its path.")
    if not is_url(text) and may_hold_secret(text) and not _there(text):
        raise BadInput(f"The source looks like a database address but is not one; {WRITE_IT}.")


def _there(text: str) -> bool:
    try:
        return door.exists(door.path_of(text))
    except BadInput:
        return False


def of_url(url: Any) -> str:
    """Driver, user, host, port and database of a URL; its password, if any, as stars, its options not at all.

    Raises:
        BadInput: the URL was taken apart at the wrong place, so that a part of a password may be in another one.
    """
    database, sqlite = url.database or "", url.get_backend_name() == "sqlite"
    odd = _WORDS.search(database) or (url.username or url.host if sqlite else re.search(r"[@=?;]", database))
    if odd or not _PLAIN.fullmatch(url.host or "") or re.search(r"[@:=?/;]", url.username or ""):
        raise BadInput(
            "The database URL cannot be understood; write the characters @ : / ? # % of a user or a password "
            "as %40 %3A %2F %3F %23 %25."
        )
    if sqlite:
        return f"{url.drivername}:///{database}"
    user = f"{url.username}{':***' if url.password else ''}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"{url.drivername}://{user}{url.host or ''}{port}/{database}"


def scrub(text: str, url: Any) -> str:
    """The first line of a driver's message without anything of the URL that may be secret."""
    line = (text.strip().splitlines() or ["no message"])[0][:300]
    for secret in sorted(_secrets(url), key=len, reverse=True):
        line = line.replace(secret, "***")
    return line[:200].rstrip(". ")


def _secrets(url: Any) -> set[str]:
    """The password and the values of all options that are not known to be harmless, in every spelling."""
    found = {str(url.password)} if url.password else set()
    for key, value in url.query.items():
        if key.lower() in _HARMLESS:
            continue
        for one in [value] if isinstance(value, str) else value:
            found |= {one, *(pair.partition("=")[2] for pair in re.split(r"[;&\s]", unquote_plus(one)))}
    found |= {piece for one in list(found) for piece in (quote(one, safe=""), unquote(one), one.strip("{}'\""))}
    return {one for one in found if one}
