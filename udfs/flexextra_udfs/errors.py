"""Why a cell shows an error, in a sentence."""

from __future__ import annotations

from xl_flexextra.cells.scalars import OMITTED
from xl_flexextra.errors import NA, VALUE
from xl_flexextra.functions import explained
from xl_flexextra.functions.declaration import Example, SampleTable
from xl_flexextra.functions.registry import worksheet_function

CATEGORY = "Flex Extra errors"
UNIT_VALUES = SampleTable("UnitValues")
PLACES = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
NO_END = [["annual_charge.form", "none"], ["cdsc.schedule", "7%, 6%"]]


@worksheet_function(
    CATEGORY,
    examples=(
        Example(
            ("CDSC_RATE", NO_END, 3),
            "CDSC_RATE gives #N/A: 'contract_year' 3 lies beyond the schedule of the terms range (2 years); state the rate "
            "after it as 'cdsc.thereafter'. " + explained.WHAT_TO_DO[NA],
            source="a schedule that does not say how it goes on",
        ),
        Example(
            ("AATR", 1000, 1506.43, 0),
            "AATR gives #VALUE!: 'years' must be positive (got 0). " + explained.WHAT_TO_DO[VALUE],
            source="a return over no time",
        ),
        Example(("AATR", 1000, 1506.43, 5), "AATR gives 8.54%; " + explained.FINE, source="nothing is wrong"),
        Example(
            ("UNIT_VALUE_AT", UNIT_VALUES, "EQUITY", "1990-07-31"),
            "UNIT_VALUE_AT gives #N/A: There is no unit value of EQUITY on or before 1990-07-31; the first is of 1998-06-30."
            " " + explained.WHAT_TO_DO[NA],
            source="a day before the first unit value",
        ),
    ),
    returns="text",
    errors_as_text=True,
    not_native="a LAMBDA has error values, but no sentence that says what is wrong",
    arguments={
        "function_name": "Name of the worksheet function whose cell shows an error: CDSC_RATE.",
        **{f"{place}_argument": f"The {place} argument of that function, as in its cell." for place in PLACES},
    },
)
def EXPLAIN_ERROR(
    function_name: str,
    first_argument: object = OMITTED,
    second_argument: object = OMITTED,
    third_argument: object = OMITTED,
    fourth_argument: object = OMITTED,
    fifth_argument: object = OMITTED,
    sixth_argument: object = OMITTED,
    seventh_argument: object = OMITTED,
    eighth_argument: object = OMITTED,
    ninth_argument: object = OMITTED,
    tenth_argument: object = OMITTED,
    eleventh_argument: object = OMITTED,
    twelfth_argument: object = OMITTED,
) -> str:
    """Why a cell shows an error, and what to do, in words: a function's name, then the same arguments as in that cell.

    =CDSC_RATE(Terms,A1) is explained by =EXPLAIN_ERROR("CDSC_RATE",Terms,A1). Of a table or a range of results the first
    error is explained. Without an error it says what the function gives. In LibreOffice Calc an argument that is a single
    cell with an error makes this cell that error, too.

    >>> EXPLAIN_ERROR("CDSC_RATE", "flex_extra_flexible", 3)[:37]
    'CDSC_RATE gives 7.00%; there is no er'
    """
    return explained.why(
        function_name,
        [
            first_argument, second_argument, third_argument, fourth_argument, fifth_argument, sixth_argument,
            seventh_argument, eighth_argument, ninth_argument, tenth_argument, eleventh_argument, twelfth_argument,
        ],
    )  # fmt: skip


__all__ = ["EXPLAIN_ERROR"]
