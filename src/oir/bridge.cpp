#include "oir/bridge.h"

#include "base/check.h"
#include "oir/temporaries.h"

namespace tenure::oir {

namespace {

class Bridge : Temporaries {
 public:
  Bridge(Program& program, FuncId bridge, FuncId target)
      : Temporaries(program, bridge), target_(target) {}

  void write() {
    b_.function().shown_name.clear();
    const uint32_t params = b_.function().params;
    TN_CHECK(out_[target_].params == params, "a bridge has the parameters of what it leads to");
    {
      StatementScope scope(*this, Span{});
      std::vector<Operand> args;
      for (uint32_t i = 0; i < params; ++i) args.push_back(argument(i));
      TypeId gives = out_[target_].result_type();
      TypeId wanted = b_.function().result_type();
      Place result = Place::local(b_.result());
      if (gives == wanted) {
        b_.call(gives == types().unit() ? Place{} : result, target_, args, Span{});
      } else {
        LocalId given = new_temp(gives, Span{});
        b_.call(Place::local(given), target_, args, Span{});
        schedule_temp(given);
        convert_into(result, Place::local(given));
      }
    }
    b_.exit_return(Span{});
    b_.finish(Span{});
  }

 private:
  TypeId type_of(Place place) { return place_type(out_, b_.function(), place); }

  Operand argument(uint32_t index) {
    const Local wanted = out_[target_].locals[index + 1];
    Place given = Place::local(b_.param(index));
    bool lent = wanted.mode == ParamMode::Borrow;
    TypeId type = lent ? types()[wanted.type].elem : wanted.type;
    if (type_of(given) != type) {
      if (lent && types().is_string(type)) return Operand::addr(seen_as(given, type));
      LocalId converted = new_temp(type, Span{});
      convert_into(Place::local(converted), given);
      schedule_temp(converted);
      given = Place::local(converted);
    }
    return lent ? Operand::addr(given) : taken(given);
  }

  Operand taken(Place place) {
    return types().is_plain(type_of(place)) ? Operand::copy(place) : Operand::move(place);
  }

  // The same bytes as a place of another type.
  Place seen_as(Place place, TypeId type) {
    LocalId at = new_temp(types().pointer(type_of(place)), Span{});
    b_.make_ptr(Place::local(at), place, Span{});
    LocalId seen = new_temp(types().pointer(type), Span{});
    b_.convert(Place::local(seen), Operand::copy(Place::local(at)), Span{});
    return b_.deref(Place::local(seen));
  }

  // Takes what is in `from`.
  void convert_into(Place to, Place from) {
    const Type wanted = types()[type_of(to)];
    if (types().is_string(type_of(to))) {
      b_.runtime(to, RtFn::StrInto, {}, {Operand::move(from)}, Span{});
      return;
    }
    TN_CHECK(wanted.kind == TypeKind::Struct, "what crosses is a scalar, a string or a struct");
    std::vector<Operand> parts;
    for (uint32_t i = 0; i < wanted.fields.size(); ++i) {
      Place part = b_.field(from, i);
      if (type_of(part) != wanted.fields[i].type) {
        LocalId converted = new_temp(wanted.fields[i].type, Span{});
        convert_into(Place::local(converted), part);
        schedule_temp(converted);
        part = Place::local(converted);
      }
      parts.push_back(taken(part));
    }
    b_.aggregate(to, parts, Span{});
    hand_over(parts);
  }

  FuncId target_;
};

}  // namespace

void write_bridge(Program& program, FuncId bridge, FuncId target) {
  Bridge(program, bridge, target).write();
}

}  // namespace tenure::oir
