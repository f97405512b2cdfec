#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace tram {

/// A VCD file as read back: independent of what wrote it.
class Waves {
 public:
  /// Throws std::runtime_error with the line for anything that is not VCD, times that do not rise included.
  explicit Waves(const std::filesystem::path& path);

  const std::string& timescale() const { return timescale_; }
  uint64_t end() const { return end_; }  ///< the last time
  bool has(const std::string& name) const { return codes_.count(name) != 0; }
  int width(const std::string& name) const;
  size_t changes(const std::string& name) const;
  /// Value of a variable (full path) at a time; none where it is x. std::out_of_range when there is no such variable.
  std::optional<uint64_t> value(const std::string& name, uint64_t time) const;

 private:
  using History = std::map<uint64_t, std::optional<uint64_t>>;
  struct Variable {
    int width = 0;
    History history;
  };
  void change(const std::string& bits, const std::string& code, uint64_t time);
  const Variable& variable(const std::string& name) const { return variables_.at(codes_.at(name)); }

  std::string timescale_;
  std::map<std::string, std::string> codes_;   ///< by full path
  std::map<std::string, Variable> variables_;  ///< by identifier code
  uint64_t end_ = 0;
};

}  // namespace tram
