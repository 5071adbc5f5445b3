// sluice serve: the local store that speaks all five dialects, in the foreground until a signal.
//
// One line on stdout when it is ready, for scripts to wait for; where the keys are goes to stderr.
// Its key pair is thrown away with the store, so this is the one verb that takes it on the command line.
#include <fmt/format.h>
#include <poll.h>

#include "cli/exit_code.h"
#include "cli/location.h"
#include "cli/session.h"
#include "cli/units.h"
#include "emulator/server.h"

namespace sluice::cli {
namespace {

Result<std::uint16_t> port_of(const std::string& option, const std::string& text) {
  const Result<std::uint64_t> port = parse_count(text, 0, 65535);
  if (!port) return unexpected(port.error().with(option, ""));
  return static_cast<std::uint16_t>(*port);
}

/// "cos=8081" -> ("cos", 8081)
Result<std::pair<std::string, std::uint16_t>> listener_of(const std::string& text) {
  const std::size_t sign = text.find('=');
  std::string dialect = known_scheme(text.substr(0, sign));
  if (dialect == "ois") dialect = "qs";
  if (sign == std::string::npos || dialect.empty())
    return unexpected(make_error(ErrorKind::argument,
                                 fmt::format("\"{}\" is not DIALECT=PORT", printable(text)),
                                 "dialects are oss, cos, tos, qs and s3")
                          .with("--listen", ""));
  const Result<std::uint16_t> port = port_of("--listen", text.substr(sign + 1));
  if (!port) return unexpected(port.error());
  return std::pair{dialect, *port};
}

Result<void> take_keys(const Args& args, const Environment& env, emulator::ServerOptions& options) {
  options.keys_file = args.get("keys");
  options.access_key = args.get("access_key", env("SLUICE_SERVE_ACCESS_KEY").value_or(""));
  options.secret_key = args.get("secret_key", env("SLUICE_SERVE_SECRET_KEY").value_or(""));
  if (options.access_key.empty() != options.secret_key.empty())
    return fail(ErrorKind::argument, "an access key and a secret key are given together or not at all");
  // Options say more than a left-over environment.
  if (!options.keys_file.empty() && (args.has("access_key") || args.has("secret_key")))
    return fail(ErrorKind::argument, "--keys and --access-key do not go together");
  if (!options.keys_file.empty()) options.access_key = options.secret_key = "";
  return {};
}

Result<emulator::ServerOptions> read_options(const Args& args, const Environment& env) {
  emulator::ServerOptions options;
  options.root = args.get("root");
  if (options.root.empty())
    return fail(ErrorKind::argument, "--root is required", "it names the directory of the store");
  const Result<std::uint16_t> port = port_of("--port", args.get("port", "0"));
  if (!port) return unexpected(port.error());
  options.port = *port;
  for (const std::string& text : args.all("listen")) {
    Result<std::pair<std::string, std::uint16_t>> listener = listener_of(text);
    if (!listener) return unexpected(listener.error());
    options.listeners.push_back(*std::move(listener));
  }
  std::string dialect = known_scheme(args.get("dialect", "s3"));
  if (dialect.empty())
    return unexpected(make_error(ErrorKind::argument, fmt::format("\"{}\" is none of: oss, cos, tos, qs, s3",
                                                                  printable(args.get("dialect"))))
                          .with("--dialect", ""));
  options.default_dialect = dialect == "ois" ? "qs" : dialect;
  if (Result<void> keys = take_keys(args, env, options); !keys) return unexpected(keys.error());
  if (args.has("admin_port")) {
    const Result<std::uint16_t> admin = port_of("--admin-port", args.get("admin_port"));
    if (!admin) return unexpected(admin.error());
    options.admin = true;
    options.admin_port = *admin;
  }
  options.faults_file = args.get("faults");
  options.tls_certificate = args.get("tls_cert");
  options.tls_key = args.get("tls_key");
  if (options.tls_certificate.empty() != options.tls_key.empty())
    return fail(ErrorKind::argument, "--tls-cert and --tls-key are given together or not at all");
  const Result<std::uint64_t> threads = parse_count(args.get("threads", "0"), 0, 256);
  if (!threads) return unexpected(threads.error().with("--threads", ""));
  options.threads = static_cast<unsigned>(*threads);
  return options;
}

std::string ready_line(const emulator::Server& server, const emulator::ServerOptions& options) {
  const char* scheme = options.tls_certificate.empty() ? "http" : "https";
  std::string line = fmt::format("sluice serve: listening on {}://127.0.0.1:{}", scheme, server.port());
  std::string more;
  if (options.admin) more = fmt::format("admin http://127.0.0.1:{}", server.admin_port());
  for (const auto& [dialect, port] : options.listeners)
    more += fmt::format("{}{} {}://127.0.0.1:{}", more.empty() ? "" : ", ", dialect, scheme,
                        server.listener_port(dialect));
  return line + (more.empty() ? "" : " (" + more + ")") + "\n";
}

int run(Context& context) {
  Result<emulator::ServerOptions> options = read_options(context.args, context.env);
  if (!options) return report_failure(context, options.error());
  Result<std::unique_ptr<emulator::Server>> started = emulator::Server::start(*options);
  if (!started) return report_failure(context, started.error());
  emulator::Server& server = **started;

  const Interrupt::Guard guard(context.interrupt, [] {});  // the fd tells; stopping is done below
  const Result<void> written = context.output.data(ready_line(server, *options));
  if (!written) return report_failure(context, written.error());
  for (const std::string& warning : server.warnings()) context.output.warn(warning);
  if (const std::string keys = server.keys_path(); !keys.empty()) context.output.fail("keys are in " + keys);

  pollfd signalled{context.interrupt.fd(), POLLIN, 0};
  while (::poll(&signalled, 1, -1) < 0) {
  }
  server.stop();
  return kDone;
}

}  // namespace

Verb serve_verb() {
  return {
      .name = "serve",
      .aliases = {},
      .summary = "a local store that speaks all five dialects",
      .details =
          "It listens on 127.0.0.1 alone, prints one line when it is ready, and ends on Ctrl-C or SIGTERM.\n"
          "Without keys it makes a pair and keeps it in DIR/keys. The throw-away pair is read from\n"
          "SLUICE_SERVE_ACCESS_KEY and SLUICE_SERVE_SECRET_KEY too.",
      .examples = {"sluice serve --root /tmp/store --port 9000",
                   "sluice serve --root store --listen oss=9001 --listen cos=9002"},
      .operands = {},
      .options = {{"--root", "DIR", "where it keeps its data (required)"},
                  {"--port", "N", "0 = the system chooses (default)"},
                  {"--listen", "DIALECT=PORT", "a further port for one dialect", true},
                  {"--dialect", "D", "of requests that nothing else tells (default s3)"},
                  {"--keys", "FILE", "accounts, JSON"},
                  {"--access-key", "AK", "one throw-away account"},
                  {"--secret-key", "SK", "its secret"},
                  {"--admin-port", "N", "counters; 0 = the system chooses"},
                  {"--faults", "FILE", "misbehave as told, for tests"},
                  {"--tls-cert", "FILE", "PEM; speak TLS"},
                  {"--tls-key", "FILE", "PEM"},
                  {"--threads", "N", "0 = one a core, at least 2"}},
      .shares = Shares::nothing,
      .run = run,
  };
}

}  // namespace sluice::cli
