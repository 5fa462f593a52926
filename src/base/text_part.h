// What is read of a text.
#pragma once

#include <cstddef>

namespace tenure {

struct TextPart {
  size_t begin = 0;
  size_t end = 0;
};

}  // namespace tenure
