#!/usr/bin/env python3
"""Checks the includes of the sources against floors.txt, that heavy headers stay behind the folders that may see them,
and that a file's name says which file is meant: no two folders have files of one name.

  include_floors_test.py TOP    prints each include that goes upwards and each name in two folders; exit code 1 if any
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#include [<"]([^>"]+)[>"]', re.M)
APART = ("sim", "train")  # neither includes the other
HEAVY = {r"systemc(\.h)?|tlm.*": ("sim/components", "sim/machine"), r"dnnl.*": ("train/onednn",),
         r"verilated.*": ("rtl",), r"onnx/.*\.pb\.h": ("models/network/onnx",), r"boost/mpi.*|mpi\.h": ("train/parallel",)}


def floor_of(path, floors):
    """The line of the longest folder that holds the file."""
    return max((floor for floor in floors if path.startswith(floor + "/")), key=len, default=None)


def faults(path, text, floors):
    for include in INCLUDE.findall(text):
        own, other = floor_of(path, floors), floor_of(include, floors)
        if other is not None and (floors.index(other) > floors.index(own) or
                                  {path.split("/")[0], include.split("/")[0]} == set(APART)):
            yield f"{path}: includes {include}, which stands above {own}"
        for header, folders in HEAVY.items():
            if re.fullmatch(header, include) and not path.startswith(folders):
                yield f"{path}: includes <{include}>, which only {', '.join(folders)} may see"


def repeated_names(sources):
    folders = {}
    for path in sources:
        folders.setdefault(path.stem, set()).add(path.parent.as_posix())
    for name, found in sorted(folders.items()):
        if len(found) > 1:
            yield f"{name}: a file of this name in {' and in '.join(sorted(found))}"


def main():
    top = pathlib.Path(sys.argv[1])
    lines = (pathlib.Path(__file__).parent / "floors.txt").read_text().splitlines()
    floors = [line for line in lines if line and not line.startswith("#")]
    found = [f"floors.txt: {floor} does not exist" for floor in floors if not (top / floor).is_dir()]
    sources = [path for part in ("models", "rtl", "sim", "train") for path in sorted((top / part).rglob("*.[ch]pp"))]
    for path in sources:
        name = path.relative_to(top).as_posix()
        if floor_of(name, floors) is None:
            found.append(f"{name}: its folder is not in floors.txt")
        else:
            found += faults(name, path.read_text(), floors)
    found += repeated_names([path.relative_to(top) for path in sources])
    print("\n".join(found) if found else f"{len(sources)} files, no include goes upwards, no name in two folders")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
