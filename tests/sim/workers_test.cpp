#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <thread>

#include "models/support/error.hpp"
#include "models/support/heartbeat.hpp"
#include "sim/machine/worker_process.hpp"
#include "sim/machine/workers.hpp"

namespace tram::test {
namespace {

ImageRun example(int index) {
  ImageRun run;
  run.result.index = index;
  run.result.label = 3;
  run.result.top1 = index % 10;
  run.result.golden_top1 = 7;
  run.result.logits_equal = true;
  run.result.logits = {index, -index, INT32_MIN};
  run.result.cycles = uint64_t{1} << 40 | static_cast<uint64_t>(index);
  run.result.started_s = 1e5 / 3;
  LayerResult layer;
  layer.name = "conv1";
  layer.kind = "conv";
  layer.m = 4;
  layer.k = 5;
  layer.n = 6;
  layer.macs = 120;
  layer.cycles = 1.0 / 3;
  layer.energy.multiplier = 1e-12 / 7;
  run.result.layers = {layer, layer};
  run.power = {{0.1, 0.2, layer.energy}};
  return run;
}

std::vector<int> indices(int count) {
  std::vector<int> images(static_cast<size_t>(count));
  std::iota(images.begin(), images.end(), 100);
  return images;
}

/// A folder of this test's own, for what processes leave to each other.
std::filesystem::path scratch_folder() {
  const auto folder = std::filesystem::path(testing::TempDir()) / fmt::format("workers_test_{}", getpid());
  std::filesystem::create_directories(folder);
  return folder;
}

const WorkerStart kExamples = [](const TellLine&) { return ImageFunction(example); };

TEST(ImageRun, PackingGivesBackEveryBit) {
  const std::string bytes = pack(example(5));
  const ImageRun run = unpack(bytes);
  EXPECT_EQ(pack(run), bytes);
  EXPECT_EQ(run.result.index, 5);
  EXPECT_EQ(run.result.label, 3);
  EXPECT_EQ(run.result.top1, 5);
  EXPECT_EQ(run.result.golden_top1, 7);
  EXPECT_TRUE(run.result.logits_equal);
  EXPECT_EQ(run.result.logits, (std::vector<int32_t>{5, -5, INT32_MIN}));
  EXPECT_EQ(run.result.cycles, (uint64_t{1} << 40) + 5);
  EXPECT_EQ(run.result.started_s, 1e5 / 3);
  ASSERT_EQ(run.result.layers.size(), 2U);
  EXPECT_EQ(run.result.layers[1].name, "conv1");
  EXPECT_EQ(run.result.layers[1].cycles, 1.0 / 3);
  EXPECT_EQ(run.power.at(0).energy.multiplier, 1e-12 / 7);
}

TEST(ImageRun, DamagedBytesAreAnError) {
  std::string bytes = pack(example(5));
  for (size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(unpack(std::string_view(bytes).substr(0, length)), RunError) << length;
  bytes.push_back(0);
  EXPECT_THROW(unpack(bytes), RunError);
}

TEST(ImageRun, ChangedBytesAreAnErrorOrOtherValues) {
  const std::string bytes = pack(example(5));
  int errors = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ change);
      try {
        EXPECT_EQ(pack(unpack(damaged)), damaged) << i;
      } catch (const RunError&) {
        ++errors;
      }
    }
  }
  EXPECT_GT(errors, 0);
}

/// Also when it comes before the child has its handler.
TEST(WorkerProcess, HearsAStopThatComesAtOnce) {
  const auto slowly = [](const TellLine&) {
    return ImageFunction([](int index) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return example(index);
    });
  };
  for (int i = 0; i < 100; ++i) {
    WorkerProcess worker(indices(1000), slowly);
    worker.stop_after_image();
    size_t done = 0;
    for (bool running = true; running && worker.receive();)
      while (const auto message = worker.next_message()) {
        if (message->kind == MessageKind::finished) running = false;
        else ++done;
      }
    EXPECT_LT(done, 1000u);
  }
}

TEST(Workers, GiveTheSameForAnyNumberOfThem) {
  const std::vector<int> images = indices(7);
  for (const int workers : {1, 2, 3, 20}) {
    int done = 0;
    const WorkersResult result = run_in_workers(images, kExamples,
                                                {.workers = workers,
                                                 .done = [&](const ImageRun&) { ++done; },
                                                 .warning = [](const std::string& text) { FAIL() << text; }});
    EXPECT_EQ(done, 7);
    EXPECT_FALSE(result.stopped);
    ASSERT_EQ(result.runs.size(), 7U);
    for (int i = 0; i < 7; ++i) EXPECT_EQ(pack(result.runs[static_cast<size_t>(i)]), pack(example(100 + i)));
  }
}

TEST(Workers, ShareTheImagesByTheirPlace) {
  // Each worker process starts once and does every third image.
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([worker = getpid(), count = 0](int index) mutable {
      ImageRun run = example(index);
      run.result.label = worker;
      run.result.top1 = count++;
      return run;
    });
  };
  const WorkersResult result = run_in_workers(indices(8), start, {.workers = 3});
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(result.runs[i].result.label, result.runs[i % 3].result.label);
    EXPECT_EQ(result.runs[i].result.top1, static_cast<int>(i / 3));
    EXPECT_NE(result.runs[i].result.label, getpid());
  }
}

std::string error_of(const WorkerStart& start) {
  try {
    run_in_workers(indices(4), start, {.workers = 2});
  } catch (const InputError& error) {
    return std::string("InputError ") + error.what();
  } catch (const RunError& error) {
    return std::string("RunError ") + error.what();
  }
  return "no error";
}

TEST(Workers, PassErrorsOnWithTheirKind) {
  const auto failing = [](auto error) -> WorkerStart {
    return [error](const TellLine&) {
      return ImageFunction([error](int index) -> ImageRun {
        if (index == 102) throw error;
        return example(index);
      });
    };
  };
  EXPECT_EQ(error_of(failing(InputError("file.lib", 12, "bad: worse"))), "InputError file.lib:12: bad: worse");
  EXPECT_EQ(error_of(failing(RunError("went wrong"))), "RunError went wrong");
  EXPECT_EQ(error_of(failing(std::out_of_range("beyond"))), "RunError beyond");
  EXPECT_EQ(error_of([](const TellLine&) -> ImageFunction { throw InputError("memory.outputs", "too small"); }),
            "InputError memory.outputs: too small");
}

TEST(Workers, OneThatDiesIsReplacedOnce) {
  const auto folder = scratch_folder();
  const WorkerStart start = [&](const TellLine&) {
    return ImageFunction([&](int index) {
      if (index == 103 && !std::filesystem::exists(folder / "died")) {
        std::ofstream(folder / "died") << "x";
        std::raise(SIGKILL);
      }
      return example(index);
    });
  };
  std::vector<std::string> warnings;
  const WorkersResult result = run_in_workers(
      indices(6), start, {.workers = 2, .warning = [&](const std::string& text) { warnings.push_back(text); }});
  std::filesystem::remove_all(folder);
  ASSERT_EQ(result.runs.size(), 6U);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(result.runs[static_cast<size_t>(i)].result.index, 100 + i);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_EQ(warnings[0],
            "a worker ended with signal 9 (Killed) while it ran image 103; running its 2 images left in a new one");
}

TEST(Workers, OneThatDiesTwiceIsAnError) {
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([](int index) -> ImageRun {
      if (index == 101) _exit(42);
      return example(index);
    });
  };
  const WorkersResult result = run_in_workers(indices(4), start, {.workers = 2});
  EXPECT_TRUE(
      result.failure.starts_with("a worker ended with exit code 42 while it ran image 101, for the second time"))
      << result.failure;
  EXPECT_FALSE(result.stopped);
  for (const ImageRun& run : result.runs) EXPECT_EQ(run.result.index % 2, 0) << "of the other worker";
}

/// Image 103 runs out of memory: those done before stay.
TEST(Workers, OneThatRunsOutOfMemoryKeepsWhatIsDone) {
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([](int index) -> ImageRun {
      if (index == 103) throw std::bad_alloc();
      return example(index);
    });
  };
  const WorkersResult result = run_in_workers(indices(6), start, {.workers = 1});
  EXPECT_EQ(result.failure, "a worker ran out of memory while it ran image 103; fewer --threads need less");
  ASSERT_EQ(result.runs.size(), 3U);
  EXPECT_EQ(result.runs[2].result.index, 102);
}

/// Image 103 hangs; the heartbeats of image 101 keep its worker alive for longer than the time allowed.
TEST(Workers, OneWithoutProgressIsEnded) {
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([](int index) {
      for (int i = 0; index == 101 && i < 25; ++i) {
        usleep(100'000);
        heartbeat();
      }
      if (index == 103) pause();
      return example(index);
    });
  };
  const WorkersResult result = run_in_workers(indices(6), start, {.timeout_s = 1.5});
  EXPECT_EQ(result.failure,
            "a worker made no progress for 1.5 s while it ran image 103; TRAM_WORKER_TIMEOUT=SECONDS "
            "waits longer");
  EXPECT_EQ(result.runs.size(), 3U);
}

TEST(Workers, TheTimeAllowedIsANumberOfSeconds) {
  EXPECT_EQ(worker_timeout(), 600);
  for (const char* bad : {"x", "0", "-1", "3 s", "nan"}) {
    setenv("TRAM_WORKER_TIMEOUT", bad, 1);
    EXPECT_THROW(worker_timeout(), InputError) << bad;
  }
  unsetenv("TRAM_WORKER_TIMEOUT");
}

TEST(Workers, AStopKeepsWhatIsDone) {
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([](int index) {
      usleep(20000);
      return example(index);
    });
  };
  int done = 0;
  const WorkersResult result = run_in_workers(indices(1000), start,
                                              {.workers = 2,
                                               .done = [&](const ImageRun&) { ++done; },
                                               .warning = [](const std::string& text) { FAIL() << text; },
                                               .stop = [&] { return done >= 3; }});
  EXPECT_TRUE(result.stopped);
  EXPECT_EQ(result.runs.size(), static_cast<size_t>(done));
  EXPECT_GE(done, 3);
  EXPECT_LT(done, 100);
}

TEST(Workers, AStopBeforeTheFirstImageRunsNone) {
  const WorkersResult result = run_in_workers(indices(3), kExamples, {.stop = [] { return true; }});
  EXPECT_TRUE(result.stopped);
  EXPECT_TRUE(result.runs.empty());
}

/// Signals that ask to end are for the parent: they reach workers too where they go to a whole process group.
TEST(Workers, PassSignalsOver) {
  const WorkerStart start = [](const TellLine&) {
    return ImageFunction([](int index) {
      for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::raise(number);
      return example(index);
    });
  };
  const WorkersResult result = run_in_workers(indices(4), start, {.workers = 2});
  EXPECT_EQ(result.runs.size(), 4U) << result.failure;
  EXPECT_FALSE(result.stopped);
}

TEST(Workers, TellTheParentLines) {
  std::vector<std::string> lines;
  const WorkerStart start = [](const TellLine& tell) {
    tell("built");
    return ImageFunction([tell](int index) {
      tell(fmt::format("image {}", index));
      return example(index);
    });
  };
  run_in_workers(indices(2), start, {.warning = [&](const std::string& line) { lines.push_back(line); }});
  EXPECT_EQ(lines, (std::vector<std::string>{"built", "image 100", "image 101"}));
}

}  // namespace
}  // namespace tram::test
