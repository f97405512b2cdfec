"""scripts/torch_weights.py on files in both formats, pickled here the way PyTorch pickles them."""
import collections
import io
import json
import pathlib
import pickle
import struct
import sys
import tempfile
import types
import unittest
import zipfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import torch_weights  # noqa: E402


def pretend_module(name, **members):
    """A module whose members pickle as name.member."""
    module = types.ModuleType(name)
    for key, member in members.items():
        member.__module__, member.__qualname__ = name, key
        setattr(module, key, member)
    sys.modules[name] = module
    return module


TORCH = pretend_module("torch", FloatStorage=type("FloatStorage", (), {}), LongStorage=type("LongStorage", (), {}))
UTILS = pretend_module("torch._utils", _rebuild_tensor_v2=lambda *_: None)


class Storage:
    def __init__(self, key, kind, values):
        self.key, self.kind, self.values = key, kind, values
        self.data = struct.pack(f"<{len(values)}{'f' if kind is TORCH.FloatStorage else 'q'}", *values)


class PretendTensor:
    def __init__(self, storage, offset, shape, strides):
        self.parts = (storage, offset, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        return UTILS._rebuild_tensor_v2, self.parts


class TensorPickler(pickle.Pickler):
    def __init__(self, file):
        super().__init__(file, protocol=2)

    def persistent_id(self, thing):
        if not isinstance(thing, Storage):
            return None
        return ("storage", thing.kind, thing.key, "cuda:0", len(thing.values), None)


def pickled(content):
    buffer = io.BytesIO()
    TensorPickler(buffer).dump(content)
    return buffer.getvalue()


def legacy(content, storages):
    head = [torch_weights.LEGACY_MAGIC, torch_weights.LEGACY_PROTOCOL, {"little_endian": True}]
    parts = [pickle.dumps(value, protocol=2) for value in head] + [pickled(content)]
    parts.append(pickle.dumps([storage.key for storage in storages], protocol=2))
    return b"".join(parts + [struct.pack("<q", len(s.values)) + s.data for s in storages])


def zipped(content, storages):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickled(content))
        for storage in storages:
            archive.writestr(f"archive/data/{storage.key}", storage.data)
    return buffer.getvalue()


class TorchWeightsTest(unittest.TestCase):
    def setUp(self):
        self.a = Storage("11", TORCH.FloatStorage, [0.5, 1, 2, 3, 4, 5, 6])
        self.b = Storage("12", TORCH.LongStorage, [9])
        self.storages = [self.a, self.b]
        self.state = collections.OrderedDict()
        self.state["module.conv1.weight"] = PretendTensor(self.a, 1, (2, 3), (3, 1))
        self.state["module.bn1.num_batches_tracked"] = PretendTensor(self.b, 0, (), ())
        self.content = {"state_dict": self.state, "best_prec1": 91.7}
        self.expected = {"conv1.weight": ((2, 3), struct.pack("<6f", 1, 2, 3, 4, 5, 6))}

    def read(self, data):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return torch_weights.read_torch(file.name)

    def test_both_formats_give_the_same_tensors(self):
        for form in (legacy, zipped):
            self.assertEqual(self.read(form(self.content, self.storages)), self.expected)
            self.assertEqual(self.read(form(self.state, self.storages)), self.expected)

    def test_truncated_files_are_refused_at_every_length(self):
        for form in (legacy, zipped):
            whole = form(self.content, self.storages)
            for length in range(len(whole)):
                with self.assertRaises(torch_weights.WeightsError):
                    self.read(whole[:length])

    def test_tensor_that_is_transposed_or_outside_is_refused(self):
        for offset, shape, strides in ((1, (2, 3), (1, 2)), (2, (2, 3), (3, 1)), (-1, (2,), (1,))):
            self.state["bad"] = PretendTensor(self.a, offset, shape, strides)
            with self.assertRaisesRegex(torch_weights.WeightsError, "bad"):
                self.read(legacy(self.content, self.storages))

    def test_code_in_the_file_is_not_run(self):
        class Attack:
            def __reduce__(self):
                return print, ("executed",)

        self.content["attack"] = Attack()
        with self.assertRaisesRegex(torch_weights.WeightsError, "print"):
            self.read(legacy(self.content, self.storages))

    def test_safetensors(self):
        data = torch_weights.safetensors_bytes(self.expected, {"source": "x"})
        (length,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + length])
        self.assertEqual(header["conv1.weight"], {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]})
        self.assertEqual(data[8 + length :], self.expected["conv1.weight"][1])
        self.assertEqual(length % 8, 0)


if __name__ == "__main__":
    unittest.main()
