// The compiled halves of Boost.Beast and of Asio's TLS stream. Asio's own stands in io/asio.cpp.
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
