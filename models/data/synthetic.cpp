#include "models/data/synthetic.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "models/data/philox.hpp"
#include "models/support/error.hpp"

namespace tram {
namespace {

// Lengths are in 1/8 pixel in the image and in 1/1024 pixel in the coordinates (u, v) of a shape, u to the right
// and v down before rotation. Factors such as sines have 14 fractional bits.
constexpr int image_side = 32;
constexpr int pixel = 8;
constexpr int fine = 128;   // fine units in an image unit
constexpr int samples = 4;  // along each axis of a pixel

enum Class { disc, ring, square, triangle, cross, star, horizontal, vertical, diagonal, checker };

struct Colour {
  int red, green, blue;
};

struct Figure {
  int kind;
  int centre_x, centre_y, radius;  // image units
  int cosine, sine;                // of the rotation, 14 fractional bits
  int proportion;                  // ring: inner radius, cross: half width of the arms; sixteenths of the radius
  int period, phase;               // of stripes and checker, image units; phase in [0, 2 periods)
  bool round_patch;                // outline of stripes and checker
  Colour colour;
};

struct Bar {
  int left, top, right, bottom;  // pixels, right and bottom excluded
  Colour colour;
};

struct Scene {
  Colour corner_colours[2];
  int gradient_x, gradient_y;  // weights of the background's second colour, in 1/256 at the far side; sum 256
  Figure figure;
  std::vector<Figure> clutter;
  std::vector<Bar> bars;
  int noise;  // amplitude in pixel levels
};

Colour random_colour(RandomItem& random) {
  const int red = random.between(0, 255), green = random.between(0, 255);
  return {red, green, random.between(0, 255)};
}

int distance(const Colour& a, const Colour& b) {
  return std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue);
}

Colour colour_unlike(const Colour& a, const Colour& b, int min_distance, RandomItem& random) {
  for (;;) {
    const Colour colour = random_colour(random);
    if (distance(colour, a) >= min_distance && distance(colour, b) >= min_distance) return colour;
  }
}

/// Rotation by 2 atan(half_tangent / 256), in rational numbers.
void rotate(Figure& figure, int half_tangent) {
  const int square = half_tangent * half_tangent, one = 256 * 256;
  figure.cosine = static_cast<int>((int64_t{one - square} * 16384) / (one + square));
  figure.sine = static_cast<int>((int64_t{512 * half_tangent} * 16384) / (one + square));
}

/// Stripes keep to 12 degrees around their direction; all else turns freely.
int random_half_tangent(int kind, RandomItem& random) {
  constexpr int tangent_6 = 27, tangent_22_5 = 106;
  if (kind == horizontal || kind == vertical) return random.between(-tangent_6, tangent_6);
  if (kind != diagonal) return random.between(-256, 256);
  const int direction = random.between(0, 1) != 0 ? tangent_22_5 : -tangent_22_5;
  return direction + random.between(-tangent_6, tangent_6) * 3 / 4;
}

Figure random_figure(int kind, RandomItem& random) {
  Figure figure{};
  figure.kind = kind;
  figure.radius = random.between(6 * pixel, 13 * pixel);
  const int reach = image_side / 2 * pixel - figure.radius * 3 / 4;
  figure.centre_x = image_side / 2 * pixel + random.between(-reach, reach);
  figure.centre_y = image_side / 2 * pixel + random.between(-reach, reach);
  rotate(figure, random_half_tangent(kind, random));
  figure.proportion = kind == ring ? random.between(8, 11) : random.between(4, 6);
  figure.period = random.between(2 * pixel, std::max(2 * pixel + 1, figure.radius / 2));
  figure.phase = random.between(0, 2 * figure.period - 1);
  figure.round_patch = random.between(0, 1) != 0;
  return figure;
}

Figure random_dot(RandomItem& random) {
  Figure dot{};
  dot.kind = random.between(0, 1) != 0 ? disc : square;
  dot.radius = random.between(pixel, 5 * pixel / 2);
  dot.centre_x = random.between(0, image_side * pixel);
  dot.centre_y = random.between(0, image_side * pixel);
  rotate(dot, random.between(-256, 256));
  dot.colour = random_colour(random);
  return dot;
}

Bar random_bar(RandomItem& random) {
  const int thickness = random.between(2, 5), length = random.between(8, image_side);
  const bool lies = random.between(0, 1) != 0;
  const int width = lies ? length : thickness, height = lies ? thickness : length;
  const int left = random.between(0, image_side - width), top = random.between(0, image_side - height);
  return {.left = left, .top = top, .right = left + width, .bottom = top + height, .colour = random_colour(random)};
}

Scene random_scene(int kind, RandomItem& random) {
  Scene scene{};
  for (Colour& colour : scene.corner_colours) colour = random_colour(random);
  scene.gradient_x = random.between(0, 256);
  scene.gradient_y = 256 - scene.gradient_x;
  scene.figure = random_figure(kind, random);
  scene.figure.colour = colour_unlike(scene.corner_colours[0], scene.corner_colours[1], 100, random);
  scene.clutter.resize(static_cast<size_t>(random.between(0, 3)));
  for (Figure& dot : scene.clutter) dot = random_dot(random);
  scene.bars.resize(static_cast<size_t>(random.between(0, 1)));
  for (Bar& bar : scene.bars) bar = random_bar(random);
  scene.noise = random.between(0, 60);
  return scene;
}

/// Whether a point lies under at least `least` of the five lines through the points of a star with the radius given.
bool in_star(int64_t u, int64_t v, int64_t radius, int least) {
  constexpr std::array<std::array<int, 2>, 5> normals = {
      {{0, 16384}, {15582, 5063}, {9630, -13255}, {-9630, -13255}, {-15582, 5063}}};
  constexpr int cosine_72 = 5063;
  int under = 0;
  for (const auto& normal : normals) under += normal[0] * u + normal[1] * v <= cosine_72 * radius;
  return under >= least;
}

bool even_stripe(int64_t position, const Figure& figure) {
  constexpr int far = 1 << 12;  // periods; keeps the dividend positive
  const int64_t period = int64_t{figure.period} * fine;
  return (position + int64_t{figure.phase} * fine + far * period) / period % 2 == 0;
}

bool in_patch(int64_t u, int64_t v, int64_t radius, bool round) {
  return round ? u * u + v * v <= radius * radius : std::max(std::abs(u), std::abs(v)) * 8 <= radius * 7;
}

bool inside(const Figure& figure, int x, int y) {
  const int64_t dx = x - figure.centre_x, dy = y - figure.centre_y;
  const int64_t u = (dx * figure.cosine + dy * figure.sine) >> 7, v = (dy * figure.cosine - dx * figure.sine) >> 7;
  const int64_t radius = int64_t{figure.radius} * fine, part = radius * figure.proportion / 16;
  const int64_t distance2 = u * u + v * v;
  switch (figure.kind) {
    case disc: return distance2 <= radius * radius;
    case ring: return distance2 <= radius * radius && distance2 >= part * part;
    case square: return std::max(std::abs(u), std::abs(v)) * 8 <= radius * 7;
    case triangle: return 2 * v <= radius && 14189 * std::abs(u) - 8192 * v <= 8192 * radius;
    case cross: return std::min(std::abs(u), std::abs(v)) <= part && std::max(std::abs(u), std::abs(v)) <= radius;
    case star: return in_star(u, v, radius, 4);
    case checker: return in_patch(u, v, radius, figure.round_patch) && even_stripe(u, figure) == even_stripe(v, figure);
    case vertical: return in_patch(u, v, radius, figure.round_patch) && even_stripe(u, figure);
    default: return in_patch(u, v, radius, figure.round_patch) && even_stripe(v, figure);
  }
}

/// Share of a pixel that the figure covers, 0 .. samples^2.
int coverage(const Figure& figure, int column, int row) {
  const int reach = figure.radius * 3 / 2 + pixel;
  if (std::abs(column * pixel - figure.centre_x) > reach || std::abs(row * pixel - figure.centre_y) > reach) return 0;
  int covered = 0;
  for (int i = 0; i < samples; ++i)
    for (int j = 0; j < samples; ++j) covered += inside(figure, column * pixel + 2 * j + 1, row * pixel + 2 * i + 1);
  return covered;
}

/// a + (b - a) part / whole, rounded down; every term is positive.
Colour mix(const Colour& a, const Colour& b, int part, int whole) {
  const auto between = [&](int low, int high) { return (low * (whole - part) + high * part) / whole; };
  return {between(a.red, b.red), between(a.green, b.green), between(a.blue, b.blue)};
}

Colour background(const Scene& scene, int column, int row) {
  const int part = scene.gradient_x * column + scene.gradient_y * row;
  return mix(scene.corner_colours[0], scene.corner_colours[1], part, 256 * (image_side - 1));
}

Colour paint(const Scene& scene, int column, int row) {
  constexpr int whole = samples * samples;
  Colour colour = background(scene, column, row);
  colour = mix(colour, scene.figure.colour, coverage(scene.figure, column, row), whole);
  for (const Figure& dot : scene.clutter) colour = mix(colour, dot.colour, coverage(dot, column, row), whole);
  for (const Bar& bar : scene.bars)
    if (column >= bar.left && column < bar.right && row >= bar.top && row < bar.bottom) colour = bar.colour;
  return colour;
}

/// Adds the sum of four uniform numbers, scaled to a standard deviation of .29 amplitudes.
uint8_t with_noise(int level, int amplitude, RandomItem& random) {
  const uint32_t bits = random.next();
  const int sum = static_cast<int>((bits & 255) + ((bits >> 8) & 255) + ((bits >> 16) & 255) + (bits >> 24)) - 510;
  return static_cast<uint8_t>(std::clamp(level + sum * amplitude / 512, 0, 255));
}

}  // namespace

Shapes::Shapes(Split split, int count, uint64_t seed) : split_(split), count_(count), seed_(seed) {
  set_normalisation({{0.5F, 0.5F, 0.5F}, {0.25F, 0.25F, 0.25F}});
  if (count <= 0) throw InputError("shapes", fmt::format("{} images asked for; at least 1 is expected", count));
}

std::vector<uint8_t> Shapes::pixels(int index) const {
  const uint32_t stream = split_ == Split::train ? 0x7368'0001 : 0x7368'0002;
  RandomItem random(seed_, stream, static_cast<uint64_t>(index));
  const Scene scene = random_scene(label(index), random);
  std::vector<uint8_t> image;
  image.reserve(static_cast<size_t>(shape().size()));
  for (int row = 0; row < image_side; ++row)
    for (int column = 0; column < image_side; ++column) {
      const Colour colour = paint(scene, column, row);
      for (const int level : {colour.red, colour.green, colour.blue})
        image.push_back(with_noise(level, scene.noise, random));
    }
  return image;
}

const std::vector<std::string>& Shapes::class_names() const {
  static const std::vector<std::string> names = {"disc",
                                                 "ring",
                                                 "square",
                                                 "triangle",
                                                 "cross",
                                                 "star",
                                                 "horizontal stripes",
                                                 "vertical stripes",
                                                 "diagonal stripes",
                                                 "checker"};
  return names;
}

}  // namespace tram
