// Between the facade's words and the engine's.
#pragma once

#include "engine/store.h"
#include "sluice/properties.h"

namespace sluice::facade {

engine::PutOptions to_engine(PutOptions options, const std::string& key);
ObjectInfo to_public(engine::ObjectInfo info);
Stored to_public(engine::PutReply stored);

/// What a refusal says of its request.
Reply reply_of(const Error&);

// Readers of answers (engine/answer_of.h).
Result<Reply> read_reply(const engine::Dialect&, engine::Sent&);
Result<Acl> read_acl(const engine::Dialect&, engine::Sent&);
Result<Answered<Tags>> read_tags(const engine::Dialect&, engine::Sent&);

/// Some stores answer an error where there are no tags.
Result<Answered<Tags>> or_no_tags(Result<Answered<Tags>>);
/// A 404 is an answer to "is it there?", unless it is about something else.
Result<Answered<bool>> whether(const Result<Reply>&, bool bucket);

}  // namespace sluice::facade
