// Listings: pages.h.
#include "cli/pages.h"

#include <cerrno>

namespace sluice::cli {

Result<void> each_page(Store& store, const std::string& bucket, ListOptions options,
                       const std::function<Result<void>(ListPage&)>& use) {
  Result<ListPage> page = ListPage();
  do {
    page = store.list(bucket, options, *std::move(page));
    if (!page) return unexpected(page.error());
    options.marker = page->next_marker;
    if (Result<void> used = use(*page); !used) return used;
  } while (!options.marker.empty());
  return {};
}

Location below(Location at) {
  if (!at.names_prefix()) at.key += '/';
  return at;
}

Error nothing_there(const std::string& operation, const Location& at, const std::string& hint) {
  Error none = make_error(ErrorKind::disk, "nothing there", hint);
  none.operation = operation;
  none.target = at.text();
  none.system_error = ENOENT;
  return none;
}

}  // namespace sluice::cli
