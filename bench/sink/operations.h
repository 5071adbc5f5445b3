// What S3 is asked to do. Each writes its answer and counts as one Operation.
#pragma once

#include "bench/sink/loop.h"

namespace sink {

/// Finds the operation of the request and does it: route.cpp.
void respond(Loop& loop, Connection& c);

// get.cpp, list.cpp
void get_object(Loop& loop, Connection& c);  ///< HEAD as well
void list_objects(Loop& loop, Connection& c);

// put.cpp
void put_object(Loop& loop, Connection& c);
void copy_object(Loop& loop, Connection& c);  ///< UploadPartCopy as well

// multipart.cpp, complete.cpp
void create_upload(Loop& loop, Connection& c);
void upload_part(Loop& loop, Connection& c);
void list_parts(Loop& loop, Connection& c);
void list_uploads(Loop& loop, Connection& c);
void abort_upload(Loop& loop, Connection& c);
void complete_upload(Loop& loop, Connection& c);

// buckets.cpp
void list_buckets(Loop& loop, Connection& c);
void make_bucket(Loop& loop, Connection& c);
void drop_bucket(Loop& loop, Connection& c);
void delete_object(Loop& loop, Connection& c);
void delete_objects(Loop& loop, Connection& c);

// admin.cpp
void administer(Loop& loop, Connection& c);

}  // namespace sink
