// What is decided once, at start: the words of the command line.
#pragma once

#include <string>

#include "bench/sink/knobs.h"

namespace sink {

struct Options {
  int port = 9000;  ///< 0: one that the system chooses
  int loops = 1;
  std::string root;      ///< files served, and uploads kept, as root/<bucket>/<key>
  std::string cert_out;  ///< where the certificate goes, PEM
  bool keep = false, md5 = false, tls = false;
  bool forget = false;  ///< uploads leave no trace, not even a name
};

/// Reads the words after the program's name; ends the process when they are wrong or ask for help.
Options read_options(int count, char** words, Knobs& knobs);
void print_usage();

}  // namespace sink
