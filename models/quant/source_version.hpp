#pragma once

namespace tram {

/// Hash of the sources from which integer networks follow (source_version.cmake): results cached by other sources are
/// not taken for this program's.
extern const char* const source_version;

}  // namespace tram
