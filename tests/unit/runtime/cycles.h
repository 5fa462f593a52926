// What the tests of the collector stand on: nodes with two references, and rings of them.
#pragma once

#include "world.h"

namespace tenure::rt::test {

using Log = std::vector<std::string>;

struct Cycles : World {
  // struct Node { id, a, b } with a drop if `watched`
  void make_node(bool watched, const Parts& more = {}) {
    uint32_t flags = TN_CYCLIC | (watched ? TN_WATCHED : 0);
    node = make(TN_STRUCT, 0, "Node", flags);
    ref = word(TN_REF, node, flags);
    if (watched)
      node->drop = &drops_.emplace_back([this](void* self) {
        log_.push_back("n" + std::to_string(at<int64_t>(self, 0)));
        return on_drop ? on_drop(self) : TN_OK;
      });
    Parts parts = {{"id", i64_}, {"a", ref}, {"b", ref}};
    parts.insert(parts.end(), more.begin(), more.end());
    set_parts(node, parts);
  }
  void* make_object(int64_t id) {
    void* body = tn_new(node, nullptr);
    at<int64_t>(body, 0) = id;
    return body;
  }
  void* share(void* body) {
    tn_retain(body, node);
    return body;
  }
  void** a(void* body) { return &at<void*>(body, 8); }
  void** b(void* body) { return &at<void*>(body, 16); }
  void put(void** slot, void* owned) { tn_assign_value(slot, &owned, ref, nullptr); }
  // A ring of n nodes from id `first`, given to nobody.
  void ring(int n, int64_t first) {
    void* head = make_object(first);
    void* last = head;
    for (int i = 1; i < n; i++) {
      void* next = make_object(first + i);
      *a(last) = next;
      last = next;
    }
    *a(last) = share(head);
    tn_release(head, node);
  }
  TnType* node = nullptr;
  TnType* ref = nullptr;
  Drop on_drop;
};

}  // namespace tenure::rt::test
