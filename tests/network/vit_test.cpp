#include "models/network/vit.hpp"

#include <gtest/gtest.h>

#include "models/network/float_inference.hpp"
#include "models/network/load_network.hpp"
#include "models/support/error.hpp"
#include "tests/network/naive_inference.hpp"
#include "tests/network/temporary_file.hpp"
#include "tests/network/test_networks.hpp"

namespace tram {
namespace {

VisionTransformer small_transformer() {
  VisionTransformer a;
  a.patch = 4;
  a.width = 64;
  a.depth = 2;
  a.heads = 1;
  a.hidden = 32;
  a.classes = 7;
  a.input = {12, 12, 3};
  return a;
}

/// Writes the parameters of an architecture; returns the path.
const std::filesystem::path& write_transformer(const VisionTransformer& architecture,
                                               const std::map<std::string, std::string>& metadata = {}) {
  static const TemporaryFile file("vit_test.safetensors");
  NamedTensors tensors;
  const ParameterSource random = random_parameters(3);
  vision_transformer(architecture, [&](const std::string& name, const Shape& shape) {
    return tensors.emplace_back(name, random(name, shape)).second;
  });
  write_safetensors(file.path(), tensors, metadata);
  return file.path();
}

std::string load_error(const std::string& name, const std::filesystem::path& path) {
  try {
    load_network(name, path);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(VisionTransformerBuilder, LayerScaleIsNotLeftOutInSilence) {
  NamedTensors tensors;
  vision_transformer(small_transformer(), [&](const std::string& name, const Shape& shape) {
    return tensors.emplace_back(name, random_parameters(3)(name, shape)).second;
  });
  tensors.emplace_back("blocks.0.ls1.gamma", zeros(Shape{64}));
  const TemporaryFile file("layer_scale.safetensors");
  write_safetensors(file.path(), tensors);
  EXPECT_NE(load_error("vit_scaled", file.path()).find("tensor blocks.0.ls1.gamma has no place in vit_scaled"),
            std::string::npos);
}

int64_t parameter_count(const VisionTransformer& architecture) {
  int64_t count = 0;
  vision_transformer(architecture, [&](const std::string&, const Shape& shape) {
    count += element_count(shape);
    return zeros(shape);
  });
  return count;
}

TEST(VisionTransformerBuilder, ParametersAndMacsAreThePublishedOnes) {
  const VisionTransformer tiny;
  EXPECT_EQ(parameter_count(tiny), 5'717'416);  // DeiT-Tiny, 5.7 M in Touvron et al., table 1
  VisionTransformer deit_small;
  deit_small.width = 384;
  deit_small.heads = 6;
  deit_small.hidden = 1536;
  EXPECT_EQ(parameter_count(deit_small), 22'050'664);  // DeiT-Small, 22 M
  // By hand: 196 768 192 (patches) + 12 (197 192 (3 192 + 192 + 2 768) + 2 197 197 192) + 192 1000.
  const NetworkGraph graph =
      vision_transformer(tiny, [](const std::string&, const Shape& shape) { return zeros(shape); });
  EXPECT_EQ(mac_count(graph), 1'253'683'200);
  EXPECT_EQ(infer_shapes(graph).back(), (FeatureShape{1, 1, 1000}));
}

TEST(VisionTransformerBuilder, FastEqualsNaiveOnEveryLayer) {
  VisionTransformer a = small_transformer();
  a.width = 16;
  a.heads = 4;
  const NetworkGraph graph = vision_transformer(a, random_parameters(2));
  const Tensor image = random_image(graph.input, 5);
  const std::vector<Tensor> fast = FloatInference(graph).run(image), naive = naive_inference(graph, image);
  for (size_t v = 0; v < fast.size(); ++v)
    for (size_t i = 0; i < fast[v].data.size(); ++i) ASSERT_NEAR(fast[v].data[i], naive[v].data[i], 1e-4) << v;
}

TEST(VisionTransformerBuilder, ArchitectureComesFromTheFile) {
  const std::filesystem::path path = write_transformer(small_transformer());
  const VisionTransformer found = vision_transformer_architecture(SafeTensors(path));
  EXPECT_EQ(found.patch, 4);
  EXPECT_EQ(found.depth, 2);
  EXPECT_EQ(found.heads, 1);
  EXPECT_EQ(found.hidden, 32);
  EXPECT_EQ(found.input, (FeatureShape{12, 12, 3}));
  EXPECT_EQ(load_network("vit_micro_patch4_12", path).name, "vit_micro_patch4_12");
}

TEST(VisionTransformerBuilder, HeadsMayBeStatedInTheFile) {
  VisionTransformer a = small_transformer();
  a.width = 24;
  a.heads = 3;
  EXPECT_EQ(vision_transformer_architecture(SafeTensors(write_transformer(a, {{"num_heads", "3"}}))).heads, 3);
  for (const char* heads : {"5", "0", "-3", "three", ""})
    EXPECT_THROW(vision_transformer_architecture(SafeTensors(write_transformer(a, {{"num_heads", heads}}))), InputError)
        << heads;
  EXPECT_NE(load_error("vit_micro", write_transformer(a)).find("width 24 without a number of heads"),
            std::string::npos);
}

TEST(VisionTransformerBuilder, NamesAreCheckedAgainstTheFile) {
  const std::filesystem::path path = write_transformer(small_transformer());
  const std::string file = path.string();
  EXPECT_EQ(load_error("deit_tiny_patch16_224", path), file + ": width 64; 192 is expected for deit_tiny_patch16_224");
  EXPECT_EQ(load_error("vit_micro_patch16_12", path), file + ": patch size 4; 16 is expected for vit_micro_patch16_12");
  EXPECT_EQ(load_error("vit_micro_patch4_224", path),
            file + ": image size 12; 224 is expected for vit_micro_patch4_224");
  EXPECT_NE(load_error("vgg16", path).find("network: 'vgg16'; resnet<depth>_<data set>"), std::string::npos);
}

TEST(VisionTransformerBuilder, OtherFilesAreRefusedByTensor) {
  static const TemporaryFile other("other.safetensors");
  write_safetensors(other.path(), {{"conv1.weight", zeros(Shape{4, 3, 3, 3})}});
  EXPECT_NE(load_error("vit_micro", other.path()).find("no tensor patch_embed.proj.weight"), std::string::npos);
  VisionTransformer a = small_transformer();
  a.input = {12, 8, 3};  // 6 patches are no square
  EXPECT_NE(load_error("vit_micro", write_transformer(a)).find("tensor pos_embed: 7 positions"), std::string::npos);
}

}  // namespace
}  // namespace tram
