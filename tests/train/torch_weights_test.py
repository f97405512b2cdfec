"""scripts/torch_weights.py on files in both formats, pickled here the way PyTorch pickles them."""
import collections
import io
import json
import pathlib
import pickle
import struct
import subprocess
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


FORMATS = {"FloatStorage": "f", "DoubleStorage": "d", "HalfStorage": "e", "BFloat16Storage": "H", "LongStorage": "q"}
TORCH = pretend_module("torch", **{kind: type(kind, (), {}) for kind in FORMATS})
UTILS = pretend_module("torch._utils", _rebuild_tensor_v2=lambda *_: None)


class Storage:
    def __init__(self, key, kind, values):
        self.key, self.kind, self.values = key, kind, values
        self.data = struct.pack(f"<{len(values)}{FORMATS[kind.__name__]}", *values)


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


class OldPickle:
    """Opcode after opcode what PyTorch 0.3 wrote for a checkpoint (resnet20-12fca82f.th of akamaster): storages on
    cuda:0 and torch._utils._rebuild_tensor of four arguments, each word once and then by BINGET."""

    def __init__(self):
        self.bytes, self.memo = b"\x80\x02", {}

    def put(self, opcodes):
        self.bytes += opcodes
        return self

    def memoize(self, key=None):
        number = len(self.memo)
        self.memo[key if key is not None else number] = number
        return self.put(b"q" + bytes([number]) if number < 256 else b"r" + struct.pack("<I", number))

    def once(self, key, opcodes):
        if key not in self.memo:
            return self.put(opcodes).memoize(key)
        number = self.memo[key]
        return self.put(b"h" + bytes([number]) if number < 256 else b"j" + struct.pack("<I", number))

    def text(self, text):
        return self.once(text, b"X" + struct.pack("<I", len(text)) + text.encode())

    def name(self, module, name):
        return self.once((module, name), b"c" + module.encode() + b"\n" + name.encode() + b"\n")

    def number(self, value):
        return self.put(b"K" + bytes([value]) if value < 256 else b"M" + struct.pack("<H", value))

    def sizes(self, values):
        short = {1: b"\x85", 2: b"\x86", 3: b"\x87"}.get(len(values))
        self.put(b"" if short else b"(")
        for value in values:
            self.number(value)
        return self.put(short or b"t").memoize()

    def tensor(self, key, count, shape, strides):
        self.name("torch._utils", "_rebuild_tensor").put(b"((").text("storage").name("torch", "FloatStorage")
        self.text(key).text("cuda:0").number(count).put(b"Nt").memoize().put(b"Q").number(0)
        return self.sizes(shape).sizes(strides).put(b"t").memoize().put(b"R").memoize()


def old_checkpoint(tensors):
    """The bytes of a whole file of {name: (shape, strides, values)}; storages lie in the order of their keys."""
    pickled = OldPickle().put(b"}").memoize().put(b"(").text("best_prec1")
    pickled.put(b"G" + struct.pack(">d", 91.78)).text("state_dict")
    pickled.name("collections", "OrderedDict").put(b")R").memoize().put(b"(")
    keys = {name: str(94020255522624 - 48 * i) for i, name in enumerate(tensors)}
    for name, (shape, strides, values) in tensors.items():
        pickled.text("module." + name).tensor(keys[name], len(values), shape, strides)
    head = (b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." b"\x80\x02M\xe9\x03."
            b"\x80\x02}q\x00(X\x0d\x00\x00\x00little_endianq\x01\x88u.")
    listed = OldPickle().put(b"]").memoize().put(b"(")
    stored = b""
    for name in sorted(tensors, key=keys.get):
        listed.text(keys[name])
        values = tensors[name][2]
        stored += struct.pack(f"<q{len(values)}f", len(values), *values)
    return head + pickled.put(b"uu.").bytes + listed.put(b"e.").bytes + stored


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

    def test_old_file_byte_for_byte(self):
        tensors = {
            "conv1.weight": ((2, 1, 3, 3), (9, 9, 3, 1), [i / 8 for i in range(18)]),
            "bn1.weight": ((2,), (1,), [1.5, -2.5]),
            **{f"layer.{i}": ((2, 2), (2, 1), [i, i + 1, i + 2, i + 3]) for i in range(80)},  # a memo beyond a byte
            "linear.bias": ((300,), (1,), list(range(300))),
        }
        expected = {name: (shape, struct.pack(f"<{len(v)}f", *v)) for name, (shape, _, v) in tensors.items()}
        self.assertEqual(self.read(old_checkpoint(tensors)), expected)

    def test_other_floating_types_become_fp32_and_counters_are_left_out(self):
        kinds = {"DoubleStorage": [0.5, -2.0], "HalfStorage": [0.5, -2.0], "BFloat16Storage": [0x3F00, 0xC000]}
        for form in (legacy, zipped):
            for kind, values in kinds.items():
                storage = Storage("11", getattr(TORCH, kind), values)
                self.state["module.conv1.weight"] = PretendTensor(storage, 0, (2,), (1,))
                read = self.read(form(self.content, [storage, self.b]))
                self.assertEqual(read, {"conv1.weight": ((2,), struct.pack("<2f", 0.5, -2.0))})

    def test_tensors_of_integers_are_refused_by_name(self):
        self.state["module.index"] = PretendTensor(self.b, 0, (1,), (1,))
        with self.assertRaisesRegex(torch_weights.WeightsError, "module.index is of a LongStorage"):
            self.read(legacy(self.content, self.storages))
        self.state["module.index"] = 3
        with self.assertRaisesRegex(torch_weights.WeightsError, "module.index is of type int; a tensor is expected"):
            self.read(legacy(self.content, self.storages))

    def test_usual_places_of_a_state_dict(self):
        for key in ("state_dict", "model", "model_state_dict", "net"):
            self.assertEqual(self.read(zipped({key: self.state, "epoch": 3}, self.storages)), self.expected)
        with self.assertRaisesRegex(torch_weights.WeightsError, "holds no tensors by name"):
            self.read(zipped([self.state], self.storages))

    def test_command_line(self):
        script = torch_weights.__file__
        with tempfile.TemporaryDirectory() as folder:
            source, to = pathlib.Path(folder) / "x.th", pathlib.Path(folder) / "x.safetensors"
            source.write_bytes(legacy(self.content, self.storages))
            done = subprocess.run([sys.executable, script, source, to], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(to.read_bytes(), torch_weights.safetensors_bytes(self.expected, {"source": "x.th"}))
            to.unlink()
            source.write_bytes(b"not a checkpoint")
            for path, text in ((source, "cannot be read"), (source / "y", "a file to read")):
                failed = subprocess.run([sys.executable, script, path, to], capture_output=True, text=True)
                self.assertEqual((failed.returncode, failed.stdout, failed.stderr.count("\n")), (2, "", 1))
                self.assertIn(text, failed.stderr)
            self.assertEqual(sorted(path.name for path in pathlib.Path(folder).iterdir()), ["x.th"])

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
