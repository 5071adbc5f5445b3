#include "conformance/stores.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <future>

#include "engine/runtime.h"
#include "io/percent.h"

namespace sluice::conformance {
namespace {

using transfers::LocalStore;
using transfers::TempDir;

std::string variable(const engine::Dialect& d, const std::string& name) {
  std::string word = "SLUICE_TEST_" + std::string(d.name) + "_" + name;
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const char* value = std::getenv(word.c_str());
  return value ? value : "";
}

void run_real(Client& client, const engine::Dialect& d, const std::function<void(Subject&)>& test) {
  StoreOptions options;
  options.scheme = std::string(d.name);
  options.endpoint = variable(d, "ENDPOINT");
  options.region = variable(d, "REGION");
  options.credentials.access_key = variable(d, "ACCESS_KEY");
  options.credentials.secret_key = variable(d, "SECRET_KEY");
  options.credentials.security_token = variable(d, "SECURITY_TOKEN");
  const std::string prefix = "sluice-conformance/" + std::to_string(::getpid()) + "/";
  Subject subject{&d, &client, must(client.store(options)), variable(d, "BUCKET"), prefix, nullptr};
  if (!must(subject.store.bucket_exists(subject.bucket_name)).value)
    must(subject.store.create_bucket(subject.bucket_name));
  test(subject);
  must(subject.bucket().remove_prefix(prefix));
}

void run_local(Client& client, const engine::Dialect& d, const std::function<void(Subject&)>& test) {
  const LocalStore local;
  const auto& known = transfers::dialect(std::string(d.name));
  Subject subject{&d,           &client, must(client.store(transfers::store_options(local, known))),
                  known.bucket, "",      &local};
  must(subject.store.create_bucket(known.bucket));
  test(subject);
}

}  // namespace

std::string Subject::new_bucket() const {
  // The appid stays at the end (COS).
  const auto dash = dialect->has(engine::kAppidBuckets) ? bucket_name.rfind('-') : bucket_name.size();
  return bucket_name.substr(0, dash) + "-new" + bucket_name.substr(dash);
}

void for_each_store(const std::function<void(Subject&)>& test) {
  const TempDir dir;
  Client client = must(Client::open(transfers::client_options(dir)));
  for (const engine::Dialect* d : engine::dialects()) {
    SCOPED_TRACE(d->name);
    const char* only = std::getenv("SLUICE_TEST_ONLY");
    if (only && d->name != only) continue;
    if (variable(*d, "ENDPOINT").empty())
      run_local(client, *d, test);
    else
      run_real(client, *d, test);
  }
}

bool not_learned(const Subject& s, const Error& error) {
  return s.local && error.service && (error.service->status == 501 || error.service->status == 405);
}

HttpAnswer fetch(const Subject&, const std::string& method, const std::string& url, const std::string& body,
                 const Headers& headers) {
  const auto parsed = io::parse_url(url);
  if (!parsed) throw std::runtime_error("not a URL: " + url);
  io::Request request;
  request.method = method;
  request.tls = parsed->tls;
  request.host = parsed->host_header();
  request.port = parsed->port;
  request.path = parsed->path;
  request.query = io::parse_query(parsed->query);
  for (const auto& [name, value] : headers) request.headers.add(name, value);

  const TempDir dir;
  const auto runtime = must(engine::Runtime::create(transfers::client_options(dir)));
  std::promise<Result<io::Response>> promise;
  const auto ask = [](scheduler::Worker* worker, io::Request what, std::string text,
                      std::promise<Result<io::Response>>* into) -> scheduler::Task<void> {
    io::Exchange exchange;
    exchange.bytes = std::move(text);
    auto answer = co_await worker->service<io::Transport>().send(std::move(what), std::move(exchange));
    into->set_value(std::move(answer));
  };
  auto answer = promise.get_future();
  scheduler::Worker& worker = runtime->workers->next_worker();
  runtime->workers->spawn(worker.index(), ask(&worker, request, body, &promise));
  io::Response response = must(answer.get());
  HttpAnswer out;
  out.status = response.status;
  out.body = std::move(response.body);
  out.headers = std::move(response.headers).release();
  return out;
}

}  // namespace sluice::conformance
