// The sink's own addresses: /_sink/stats, set, reset, clear and quit. All answer the counters.
#include <unistd.h>

#include "bench/sink/answer.h"
#include "bench/sink/operations.h"

namespace sink {

void administer(Loop& loop, Connection& c) {
  c.operation = Operation::other;
  Shared& shared = loop.shared();
  const std::string& what = c.request.key;
  if (what == "quit") _exit(0);
  if (what == "reset") shared.counters.reset();
  if (what == "clear") {
    shared.objects.clear();
    shared.uploads.clear();
  }
  if (what == "set")
    for (const auto& [name, value] : c.request.query)
      if (!shared.knobs.set(name, value))
        return answer_error(loop, c, 400, "InvalidArgument", "no such knob");
  answer_json(loop, c, shared.counters.json(shared.uploads.count()));
}

}  // namespace sink
