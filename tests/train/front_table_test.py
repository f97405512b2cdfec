"""scripts/front_table on files written here."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "front_table"
HEADER = ("row,validation_percent,test_percent,asap7_j,asap7_uniform_zero_ratio,asap7_uniform_ratio,sg13g2_j,"
          "sg13g2_uniform_zero_ratio,sg13g2_uniform_ratio\n")


class FrontTable(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_on(self, *contents):
        names = []
        for i, content in enumerate(contents):
            names.append(str(pathlib.Path(self.folder.name) / f"front{i}.csv"))
            pathlib.Path(names[-1]).write_text(content)
        return subprocess.run([sys.executable, SCRIPT, *names], capture_output=True, text=True)

    def test_energies_are_relative_to_exact(self):
        out = self.run_on(HEADER + "half,90.50,90.25,1e-7,.5,.6,3e-7,.7,.8\nexact,91,90,2e-7,1,1,4e-7,1,1\n").stdout
        self.assertEqual(out.splitlines()[2], "| `half` | 1 | 90.50 | 90.25 | 0.500 | 0.750 | 0.500 |")

    def test_seeds_have_mean_and_deviation(self):
        out = self.run_on(HEADER + "exact,91,90,2e-7,1,1,4e-7,1,1\nhalf,90,90,1e-7,.5,.5,2e-7,.5,.5\n",
                          HEADER + "half,92,91,1e-7,.5,.5,2e-7,.5,.5\n").stdout
        self.assertEqual(out.splitlines()[3], "| `half` | 2 | 91.00 +- 1.41 | 90.50 +- 0.71 | 0.500 +- 0.000 "
                                              "| 0.500 +- 0.000 | 0.500 +- 0.000 |")

    def test_rows_without_epochs_have_no_validation(self):
        lines = HEADER + "exact,nan,90,2e-7,1,1,4e-7,1,1\n"
        self.assertIn("| `exact` | 2 |  | 90.00 +- 0.00 |", self.run_on(lines, lines).stdout)

    def test_what_is_missing_is_named(self):
        for contents, word in (((), "no row 'exact' in no file"), ((HEADER + "half,1,1,1,1,1,1,1,1\n",), "front0.csv"),
                               (("nothing\n1\n",), "front0.csv: 'row'"), ((HEADER + "exact,91,90,2e-7\n",), "front0.csv"),
                               ((HEADER + "exact,91,90,?,1,1,1,1,1\n",), "front0.csv")):
            result = self.run_on(*contents)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertIn(word, result.stderr)


if __name__ == "__main__":
    unittest.main()
