"""同户: what a list that names a guardian or the household may give the child, once the county says so (A5)."""

CHILD_GETS = {
    # what the entry says of the family: what the child has by it
    "JS_JDLK": "JS_JDLK",
    "TP": "TP",
    "TP_UNST": "TP_UNST",
    "EDGE": "EDGE",
    "SUDDEN": "SUDDEN",
    "DIBAO": "DIBAO",
    "DIBAO_EDGE": "DIBAO_EDGE",
    "RIGID": "RIGID",
    "LOWINC": "LOWINC",
    "WORKER": "WORKER",
    "DIS": "DIS_PARENT",
    "DIS_PARENT": "DIS_PARENT",
}
"""A category that is not here (孤儿, 特困供养 …) holds for the person named alone and passes to nobody."""
