// Whether a place stays as it is: what a pass asks before it lets something be read there instead
// of from a copy.
//
// A place is followed by its words: the pointers and indexes that lead to it, and itself. An
// instruction writes it if it writes one of them, by name, through memory that has other names, or
// by what it calls.
#pragma once

#include <unordered_map>
#include <vector>

#include "oir/oir.h"
#include "own/only_read.h"
#include "own/summaries.h"

namespace tenure::own {

class Lenders {
 public:
  struct Word {
    oir::Place place;
    bool in_memory;  // others may name it too
    MemoryKey key;   // if in_memory
  };

  Lenders(const oir::Program& program, const oir::Function& function, const Summaries& summaries,
          const OnlyRead& only_read)
      : program_(program), function_(function), summaries_(summaries), only_read_(only_read) {}

  // The words that lead to the lender, and the lender. False: too hard to follow. `pointed`: locals
  // that somebody may write who does not name them.
  bool words_of(oir::Place lender, const std::vector<bool>& pointed,
                std::vector<Word>& words) const;
  bool writes(const oir::Inst& inst, const std::vector<Word>& words) const;

 private:
  bool keeps_index(oir::LocalId index, const std::vector<bool>& pointed) const;
  bool runs_drops(const oir::Inst& inst) const;
  bool writes_named(oir::Place place, const std::vector<Word>& words) const;
  bool writes_place(oir::Place place, const std::vector<Word>& words) const;
  bool writes_key(const MemoryKey& key, const std::vector<Word>& words) const;
  bool writes_by(const Effects& effects, const std::vector<Word>& words) const;
  bool lies_in(oir::TypeId inner, oir::TypeId outer) const;

  const oir::Program& program_;
  const oir::Function& function_;
  const Summaries& summaries_;
  const OnlyRead& only_read_;
  mutable std::unordered_map<uint64_t, bool> lies_in_;
};

}  // namespace tenure::own
