// What the runtime's tests share: a World makes type descriptors by hand, starts the runtime on
// them with hooks of its own, and checks at the end that nothing is left on the heap. A type's
// `drop` is a std::function here.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rt_internal.h"

namespace tenure::rt::test {

using Drop = std::function<TnStatus(void* self)>;

class World : public testing::Test {
 protected:
  World() {
    string_ = make(TN_STRING, 24, "string", 0);
    i32_ = make(TN_I32, 4, "i32", TN_PLAIN);
    i64_ = make(TN_I64, 8, "i64", TN_PLAIN);
    f64_ = make(TN_F64, 8, "f64", TN_PLAIN);
    bool_ = make(TN_BOOL, 1, "bool", TN_PLAIN);
    unit_ = make(TN_UNIT, 0, "unit", TN_PLAIN);
  }
  ~World() override = default;

  TnType* make(TnKind kind, uint32_t size, const char* name, uint32_t flags) {
    TnType& type = types_.emplace_back();
    type = {};
    type.id = static_cast<uint32_t>(types_.size() - 1);
    type.kind = kind;
    type.flags = flags;
    type.size = size;
    type.align = size >= 8 ? 8 : size ? size : 1;
    type.state_offset = TN_NO_STATE;
    type.name = name;
    return &type;
  }
  TnType* word(TnKind kind, const TnType* elem, uint32_t flags = 0, const char* name = "word") {
    TnType* type = make(kind, 8, name, flags);
    type->elem = elem;
    return type;
  }
  TnType* fixed(const TnType* elem, uint64_t count, uint32_t flags = 0) {
    TnType* type = make(TN_FIXED, static_cast<uint32_t>(elem->size * count), "fixed", flags);
    type->align = elem->align;
    type->elem = elem;
    type->count = count;
    return type;
  }
  using Parts = std::vector<std::pair<const char*, const TnType*>>;
  // Lays the parts out in order; `first` is where they may begin.
  const TnPart* lay_out(const Parts& parts, uint32_t first, uint32_t* end) {
    std::vector<TnPart>& list = parts_.emplace_back();
    uint32_t at = first;
    for (auto& [name, type] : parts) {
      at = (at + type->align - 1) / type->align * type->align;
      list.push_back({name, at, type});
      at += type->size;
    }
    *end = at;
    return list.data();
  }
  void set_parts(TnType* type, const Parts& parts) {
    uint32_t end = 0;
    type->parts = lay_out(parts, 0, &end);
    type->part_count = static_cast<uint32_t>(parts.size());
    if (type->flags & TN_VACATES && type->drop) type->state_offset = end++;
    type->size = (end + 7) / 8 * 8;
    type->align = 8;
  }
  TnType* structure(const char* name, uint32_t flags, const Parts& parts, Drop drop = nullptr) {
    TnType* type = make(TN_STRUCT, 0, name, flags);
    if (drop) type->drop = &drops_.emplace_back(std::move(drop));
    set_parts(type, parts);
    return type;
  }
  TnType* tagged(const char* name, uint32_t flags,
                 const std::vector<std::pair<const char*, Parts>>& variants, Drop drop = nullptr) {
    TnType* type = make(TN_UNION, 0, name, flags);
    if (drop) type->drop = &drops_.emplace_back(std::move(drop));
    std::vector<TnVariant>& list = variants_.emplace_back();
    uint32_t most = 4;
    for (auto& [variant, parts] : variants) {
      uint32_t end = 4;
      const TnPart* first = lay_out(parts, 4, &end);
      list.push_back({variant, static_cast<uint32_t>(parts.size()), first});
      most = std::max(most, end);
    }
    type->variants = list.data();
    type->part_count = static_cast<uint32_t>(list.size());
    type->tag_offset = 0;
    type->size = (most + 7) / 8 * 8;
    type->align = 8;
    return type;
  }

  void begin(TnOptions options = {}) {
    options.check_level = 3;
    rows_.clear();
    for (TnType& type : types_) rows_.push_back(&type);
    program_ = {rows_.data(), static_cast<uint32_t>(rows_.size()), nullptr};
    TnHooks hooks = {};
    hooks.call_drop = [](const TnType* type, void* self, void*) {
      return (*static_cast<Drop*>(type->drop))(self);
    };
    hooks.object_born = [](void* body, const TnType*, void* world) {
      static_cast<World*>(world)->alive_.insert(body);
    };
    hooks.object_died = [](void* body, void* world) {
      if (!static_cast<World*>(world)->alive_.erase(body)) ADD_FAILURE() << "freed twice";
    };
    hooks.context = this;
    runtime_begin(&program_, &options, &hooks);
    begun_ = true;
  }
  void TearDown() override {
    if (!begun_) return;
    verify_heap(3);
    if (!leaks_expected_) {
      EXPECT_EQ(live_objects(), 0u);
      EXPECT_EQ(g.weak_cells, 0u);
      EXPECT_TRUE(alive_.empty());
    }
    runtime_forget();
  }

  bool lives(void* body) const { return alive_.count(body) != 0; }
  TnString text(const char* s) const {
    return {reinterpret_cast<uint8_t*>(const_cast<char*>(s)), strlen(s), 0};
  }
  TnString dynamic(const char* s) const {  // in a counted buffer
    TnString made = text(""), more = text(s);
    tn_str_append(&made, &more);
    return made;
  }

  TnType *string_, *i32_, *i64_, *f64_, *bool_, *unit_;
  std::deque<TnType> types_;
  std::deque<std::vector<TnPart>> parts_;
  std::deque<std::vector<TnVariant>> variants_;
  std::deque<Drop> drops_;
  std::vector<const TnType*> rows_;
  TnProgram program_ = {};
  std::set<void*> alive_;
  std::vector<std::string> log_;
  bool begun_ = false;
  bool leaks_expected_ = false;
};

template <typename T>
T& at(void* base, size_t offset) {
  return *reinterpret_cast<T*>(static_cast<char*>(base) + offset);
}

}  // namespace tenure::rt::test
