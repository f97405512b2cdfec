#!/usr/bin/env python3
"""Weights of a PyTorch checkpoint (.pth, .pt, .th, .bin) as safetensors, without PyTorch.

Reads both of PyTorch's file formats (the zip archive, and the pickles in a row that came before version 1.6). Nothing
in the file is executed: the unpickler knows tensors and dictionaries and refuses everything else. Tensors of fp32 are
kept as they are, those of fp16, bf16 and fp64 become fp32, the counters num_batches_tracked are left out, and any other
type is refused by name. A leading "module." of the names is dropped.
"""
import argparse
import collections
import hashlib
import io
import json
import math
import os
import pathlib
import pickle
import struct
import sys
import zipfile

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001


class WeightsError(Exception):
    """The file is not a checkpoint that this module reads."""


class Storage:
    """The flat array that tensors lie in; its bytes are filled in when they are read."""

    def __init__(self, kind, key, count):
        self.kind, self.key, self.count, self.data = kind, key, count, b""


Tensor = collections.namedtuple("Tensor", "storage offset shape strides")


def rebuild_tensor(storage, offset, shape, strides, *_):
    return Tensor(storage, offset, tuple(shape), tuple(strides))


def rebuild_parameter(tensor, *_):
    return tensor


class TensorUnpickler(pickle.Unpickler):
    """Unpickles dictionaries of tensors; collects their storages by key."""

    KNOWN = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor"): rebuild_tensor,  # up to PyTorch 0.3, without requires_grad and hooks
        ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        ("torch._utils", "_rebuild_parameter"): rebuild_parameter,
    }

    def __init__(self, file, storages):
        super().__init__(file)
        self.storages = storages

    def find_class(self, module, name):
        if module == "torch" and name.endswith("Storage"):
            return name
        if (module, name) not in self.KNOWN:
            raise WeightsError(f"it refers to {module}.{name}; only tensors and dictionaries are expected")
        return self.KNOWN[module, name]

    def persistent_load(self, reference):
        if not isinstance(reference, tuple) or len(reference) < 5 or reference[0] != "storage":
            raise WeightsError("it refers to something that is not a tensor's storage")
        _, kind, key, _, count = reference[:5]
        if len(reference) > 5 and reference[5] is not None:
            raise WeightsError("it has views of storages; whole storages are expected")
        return self.storages.setdefault(key, Storage(kind, key, count))


ITEM_BYTES = {"FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8,
              "IntStorage": 4, "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1}


def item_bytes(storage):
    if storage.kind not in ITEM_BYTES:
        raise WeightsError(f"a storage is a {storage.kind}; one of {', '.join(ITEM_BYTES)} is expected")
    return ITEM_BYTES[storage.kind]


def read_exactly(file, count):
    data = file.read(count)
    if len(data) != count:
        raise WeightsError("it ends early; a whole file is expected")
    return data


def read_zip(file):
    storages = {}
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if len(names) != 1:
            raise WeightsError("the archive has no data.pkl; a PyTorch checkpoint is expected")
        root = names[0][: -len("data.pkl")]
        content = TensorUnpickler(io.BytesIO(archive.read(names[0])), storages).load()
        for storage in storages.values():
            with archive.open(f"{root}data/{storage.key}") as member:
                storage.data = read_exactly(member, storage.count * item_bytes(storage))
    return content


def read_legacy(file):
    storages = {}
    header = [TensorUnpickler(file, storages).load() for _ in range(3)]  # magic number, protocol, system
    if header[:2] != [LEGACY_MAGIC, LEGACY_PROTOCOL] or not header[2].get("little_endian", True):
        raise WeightsError("it is not a PyTorch checkpoint of a little-endian machine")
    content = TensorUnpickler(file, storages).load()
    for key in TensorUnpickler(file, storages).load():
        storage = storages[key]
        (count,) = struct.unpack("<q", read_exactly(file, 8))
        if count != storage.count:
            raise WeightsError(f"storage {key} has {count} values; {storage.count} are expected")
        storage.data = read_exactly(file, count * item_bytes(storage))
    return content


def dense_bytes(name, tensor):
    """The bytes of a tensor whose last index is fastest and which lies within its storage."""
    strides = tuple(math.prod(tensor.shape[i + 1 :]) for i in range(len(tensor.shape)))
    size = item_bytes(tensor.storage)
    begin, end = tensor.offset * size, (tensor.offset + math.prod(tensor.shape)) * size
    if any(n > 1 and a != b for n, a, b in zip(tensor.shape, tensor.strides, strides)) or not (
        0 <= begin <= end <= len(tensor.storage.data)
    ):
        raise WeightsError(f"tensor {name} is not dense")
    return tensor.storage.data[begin:end]


def converted(code, data):
    values = struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data)
    return struct.pack(f"<{len(values)}f", *values)


TO_FP32 = {
    "FloatStorage": lambda data: data,
    "DoubleStorage": lambda data: converted("d", data),
    "HalfStorage": lambda data: converted("e", data),
    "BFloat16Storage": lambda data: b"".join(b"\0\0" + data[i : i + 2] for i in range(0, len(data), 2)),
}


def fp32_tensor(name, tensor):
    """(shape, bytes)"""
    if not isinstance(tensor, Tensor):
        raise WeightsError(f"{name} is of type {type(tensor).__name__}; a tensor is expected")
    kind = tensor.storage.kind
    if kind not in TO_FP32:
        raise WeightsError(f"tensor {name} is of a {kind}; one of {', '.join(TO_FP32)} is expected")
    return tensor.shape, TO_FP32[kind](dense_bytes(name, tensor))


def state_of(content):
    """The tensors by name: those under a usual key of a checkpoint, else all that it holds."""
    for key in ("state_dict", "model_state_dict", "model", "net"):
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            return content[key]
    if not isinstance(content, dict) or not content:
        raise WeightsError("it holds no tensors by name; a checkpoint with a state_dict is expected")
    return content


def read_torch(path):
    """{name: (shape, little-endian fp32 bytes)} of a checkpoint, in the file's order. Raises WeightsError."""
    try:
        with open(path, "rb") as file:
            content = read_zip(file) if zipfile.is_zipfile(file) else (file.seek(0), read_legacy(file))[1]
        return {
            name.removeprefix("module."): fp32_tensor(name, tensor)
            for name, tensor in state_of(content).items()
            if not name.endswith("num_batches_tracked")
        }
    except (WeightsError, OSError):
        raise
    except Exception as error:  # the many ways in which a damaged pickle or archive fails
        raise WeightsError(f"it cannot be read ({type(error).__name__}: {error})") from error


def tensors_sha256(tensors):
    """Over names and data in alphabetical order, so independent of the file's format."""
    digest = hashlib.sha256()
    for name in sorted(tensors):
        digest.update(name.encode() + b"\0" + tensors[name][1])
    return digest.hexdigest()


def safetensors_bytes(tensors, metadata):
    """The tensors as a safetensors file."""
    header, offset = {"__metadata__": metadata}, 0
    for name, (shape, data) in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, data in tensors.values())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=pathlib.Path, help="what torch.save wrote")
    parser.add_argument("safetensors", type=pathlib.Path, help="the file to write")
    options = parser.parse_args()
    part = options.safetensors.with_name(options.safetensors.name + ".part")
    try:
        tensors = read_torch(options.checkpoint)
        part.write_bytes(safetensors_bytes(tensors, {"source": options.checkpoint.name}))
        os.replace(part, options.safetensors)
    except WeightsError as error:
        print(f"{options.checkpoint}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        part.unlink(missing_ok=True)
        where = error.filename or options.checkpoint
        print(f"{where}: {error.strerror}; a file to read and a place to write are expected", file=sys.stderr)
        return 2
    values = sum(len(data) for _, data in tensors.values()) // 4
    print(f"{options.safetensors}: {len(tensors)} tensors, {values} values")
    return 0


if __name__ == "__main__":
    sys.exit(main())
