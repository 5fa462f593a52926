// How diagnostics look: what a run from the cache prints again must look as if it were new.
#pragma once

namespace tenure::cache {

// Whether standard error is a terminal whose user did not ask for no colours.
bool wants_color();

}  // namespace tenure::cache
