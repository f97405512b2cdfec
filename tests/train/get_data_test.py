"""scripts/get_data against a server on loopback that cuts connections, forgets ranges and serves wrong content."""
import hashlib
import http.server
import io
import json
import os
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from torch_weights_test import old_checkpoint, torch_weights  # noqa: E402

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "get_data"


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves server.content; cuts each connection after server.cut bytes when that is set."""

    def do_GET(self):
        self.server.ranges.append(self.headers.get("Range"))
        if self.server.status:
            self.send_error(self.server.status)
            return
        start = 0
        if self.headers.get("Range") and self.server.knows_ranges:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(self.server.content):
                self.send_error(416)
                return
        body = self.server.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cut] if self.server.cut else body)

    def log_message(self, *_):
        pass


def made_archive():
    """A tar.gz with the one file asked for and one that nobody asked for. Content that does not compress."""
    wanted = b"".join(hashlib.sha256(bytes([i % 256, i // 256])).digest() for i in range(9000))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in (("set/wanted.bin", wanted), ("../outside.txt", b"no")):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue(), wanted


class GetDataTest(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.content, self.wanted = made_archive()
        self.server.ranges, self.server.cut, self.server.status, self.server.knows_ranges = [], None, None, True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.folder = pathlib.Path(scratch.name) / "data"
        self.source = {"what": "a test", "url": "https://example.org/set.tar.gz", "bytes": len(self.server.content),
                       "md5": hashlib.md5(self.server.content).hexdigest(), "unpack": "tar",
                       "gives": {"set/wanted.bin": len(self.wanted)}}

    def run_script(self, *more, wait="0.01"):
        sources = self.folder.parent / "sources.json"
        sources.write_text(json.dumps({"set": self.source}))
        base = f"http://127.0.0.1:{self.server.server_address[1]}/mirror"
        environment = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
        return subprocess.run([sys.executable, SCRIPT, "--sources", sources, "--base-url", base, "--to", self.folder,
                               "--retry-wait", wait, *more], capture_output=True, text=True, env=environment)

    def files(self):
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file())

    def expect_wanted(self, result):
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.files(), ["set/wanted.bin"])
        self.assertEqual((self.folder / "set/wanted.bin").read_bytes(), self.wanted)
        self.assertFalse((self.folder.parent / "outside.txt").exists())

    def expect_refused(self, result, message):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_fetches_checks_and_unpacks(self):
        self.expect_wanted(self.run_script())
        self.assertEqual(self.server.ranges, [None])

    def test_second_time_asks_nobody(self):
        self.run_script()
        self.server.ranges.clear()
        self.expect_wanted(self.run_script())
        self.assertEqual(self.server.ranges, [])

    def test_cut_connections_are_resumed_within_one_run(self):
        self.server.cut = len(self.server.content) * 2 // 5
        self.expect_wanted(self.run_script())
        self.assertEqual(self.server.ranges, [None] + [f"bytes={n * self.server.cut}-" for n in (1, 2)])

    def test_a_later_run_goes_on_where_one_stopped(self):
        self.server.cut = 1000
        self.expect_refused(self.run_script(), "the same command goes on")
        self.assertEqual(self.files(), ["set.tar.gz.part"])
        size = (self.folder / "set.tar.gz.part").stat().st_size
        self.assertEqual(size, 5000)
        self.server.cut = None
        self.server.ranges.clear()
        self.expect_wanted(self.run_script())
        self.assertEqual(self.server.ranges, [f"bytes={size}-"])

    def test_server_without_ranges_starts_anew(self):
        self.folder.mkdir()
        (self.folder / "set.tar.gz.part").write_bytes(b"x" * 100)
        self.server.knows_ranges = False
        self.expect_wanted(self.run_script())

    def test_part_longer_than_the_whole_is_dropped(self):
        self.folder.mkdir()
        (self.folder / "set.tar.gz.part").write_bytes(b"x" * (len(self.server.content) + 1))
        self.expect_wanted(self.run_script())

    def test_wrong_checksum_leaves_nothing(self):
        self.source["md5"] = "0" * 32
        self.expect_refused(self.run_script(), f"{'0' * 32} is expected")
        self.assertEqual(self.files(), [])

    def test_wrong_size_leaves_nothing(self):
        self.source["bytes"] += 1
        self.expect_refused(self.run_script(), "are expected")
        self.assertEqual(self.files(), [])

    def test_damaged_beginning_is_seen_after_resuming(self):
        self.folder.mkdir()
        (self.folder / "set.tar.gz.part").write_bytes(b"x" * 1000)
        self.expect_refused(self.run_script(), "md5")
        self.assertEqual(self.files(), [])

    def test_archive_that_is_none_leaves_nothing(self):
        self.server.content = b"not an archive"
        self.source["bytes"], self.source["md5"] = 14, hashlib.md5(b"not an archive").hexdigest()
        self.expect_refused(self.run_script(), "cannot be unpacked")
        self.assertEqual(self.files(), [])

    def test_absent_and_failing_servers(self):
        self.server.status = 404
        self.expect_refused(self.run_script(), "404")
        self.assertEqual(len(self.server.ranges), 1)
        self.server.status = 503
        self.expect_refused(self.run_script(), "503")
        self.assertEqual(len(self.server.ranges), 1 + 5)

    def test_published_weights_in_their_old_form(self):
        tensors = {"conv1.weight": ((2, 3), (3, 1), [0.5, 1, 2, 3, 4, 5]), "bn1.bias": ((2,), (1,), [7, 8])}
        expected = {name: (shape, struct.pack(f"<{len(v)}f", *v)) for name, (shape, _, v) in tensors.items()}
        self.server.content = old_checkpoint(tensors)
        self.source = {"what": "a test", "url": "https://example.org/old.th", "unpack": "torch",
                       "tensors_sha256": torch_weights.tensors_sha256(expected),
                       "gives": {"weights/a.safetensors": None}}
        result = self.run_script()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.files(), ["weights/a.safetensors"])
        self.assertEqual((self.folder / "weights/a.safetensors").read_bytes(),
                         torch_weights.safetensors_bytes(expected, {"source": "a test"}))
        (self.folder / "weights/a.safetensors").unlink()
        self.source["tensors_sha256"] = "0" * 64
        self.expect_refused(self.run_script(), "sha256 of the tensors")
        self.assertEqual(self.files(), [])

    def test_unknown_item(self):
        self.expect_refused(self.run_script("sets"), "sets: unknown; one of set is expected")


if __name__ == "__main__":
    unittest.main()
