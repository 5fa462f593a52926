// What a command says about the memory that it will need. See memory.cpp.
#pragma once

#include <cstddef>

namespace tenure::driver {

// Up to `most` bytes will be asked for in small blocks, soon and by one thread: another one has the
// system make the pages a little ahead of it. Of use where a processor is idle meanwhile.
void make_pages_ahead(size_t most);

}  // namespace tenure::driver
