"""The embeddable Python of an sdist, laid out as an installed one. Usage: python3 unpack.py SDIST FOLDER"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path

with tarfile.open(sys.argv[1]) as sdist:
    data = next(sdist.extractfile(member).read() for member in sdist if member.name.endswith("data.zip"))
folder = Path(sys.argv[2])
(folder / "Lib" / "site-packages").mkdir(parents=True)
with zipfile.ZipFile(io.BytesIO(data)) as files:
    for name in files.namelist():
        # without ._pth it starts as an installed Python does; _wmi ends the process in Wine 8 (propsys.VariantToString),
        # and platform.platform(), which asks it, has another way
        if not name.endswith(("/", "._pth", "_wmi.pyd")):
            (folder / name.rpartition("/")[2]).write_bytes(files.read(name))
