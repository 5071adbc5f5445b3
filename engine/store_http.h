// HttpStore: the Store that speaks to real endpoints. Requests come from request.h, bodies go through
// codec_decode.h; what is between - placing, signing, sending, judging, repeating - is here.
//
// Immutable but for Learned and LiveCredentials: one object serves all workers. Coroutines keep a plain
// `this`: whoever awaits them holds the shared_ptr.
#pragma once

#include <functional>

#include "engine/endpoint.h"
#include "engine/live_credentials.h"
#include "engine/request.h"
#include "engine/store.h"
#include "engine/store_learned.h"
#include "engine/store_pace.h"
#include "engine/store_refusal.h"

namespace sluice::engine {

/// One operation on its way: what to send, from where, to where.
struct Job {
  Draft draft;
  io::BodySource* source = nullptr;
  io::BodySink* sink = nullptr;
  std::optional<std::uint64_t> expects = {};  ///< bytes of the answer's body, where they are known
  std::string payload_hash = {};              ///< S3; empty = the hash of draft.body
  bool hides_errors = false;                  ///< a 2xx may carry an error
  int attempts = 0;                           ///< made before, under another form
  /// Refusals to be handed back at once, because the caller knows another form.
  std::function<bool(const ServiceError&)> hand_back = {};
  /// A new bucket: the draft says where it shall be, and is made for the region that is signed for.
  std::function<Draft(const std::string& region)> draft_for = {};
};

class HttpStore final : public Store {
 public:
  HttpStore(StoreConfig config, Endpoint endpoint);

  const Dialect& dialect() const override { return *config_.dialect; }
  std::string url(const Ref&) const override;
  const std::string& identity() const override { return identity_; }
  io::Request place(const Ref&) const override;
  std::string region(const std::string& bucket) const override;
  bool may_read_twice() const override;
  unsigned forms_learned() const override { return learned_.forms(); }
  Result<void> check(const Ref&) const override;

  Answer<Sent> ask(Call, Draft) override;

  Answer<ObjectInfo> head(Call, Ref) override;
  Answer<Reply> get(Call, Ref, GetOptions, io::BodySink*) override;
  Answer<PutReply> put(Call, Ref, io::BodySource*, PutOptions) override;
  Answer<Reply> remove(Call, Ref) override;
  Answer<ListPage> list(Call, std::string bucket, ListOptions) override;
  Answer<PutReply> copy(Call, Ref from, Ref to, PutOptions, std::string if_match) override;

  Answer<Reply> create_bucket(Call, std::string bucket, BucketOptions) override;
  Answer<Reply> head_bucket(Call, std::string bucket) override;
  Answer<Reply> delete_bucket(Call, std::string bucket) override;
  Answer<BucketList> list_buckets(Call, BucketListOptions) override;

  Answer<CreatedUpload> create_upload(Call, Ref, PutOptions) override;
  Answer<PutReply> upload_part(Call, Ref, std::string upload_id, std::uint32_t number,
                               io::BodySource*) override;
  Answer<PutReply> upload_part_copy(Call, Ref from, Ref to, std::string upload_id, std::uint32_t number,
                                    io::ByteRange, std::string if_match) override;
  Answer<PartList> list_parts(Call, Ref, std::string upload_id) override;
  Answer<PutReply> complete_upload(Call, Ref, std::string upload_id, std::vector<PartInfo>,
                                   CompleteOptions) override;
  Answer<Reply> abort_upload(Call, Ref, std::string upload_id) override;
  Answer<UploadList> list_uploads(Call, std::string bucket, std::string prefix, std::string key_marker,
                                  std::string upload_id_marker) override;

  scheduler::Task<void> keys_that_hold(Call) override;
  Result<std::string> presign(std::string method, const Ref&, std::chrono::seconds lifetime,
                              const PresignOptions&) const override;

 private:
  // store_send.cpp: the one way out.
  Answer<Sent> send(Call, Job);
  /// What an attempt is made with; another request of this store may learn better meanwhile.
  struct Attempt {
    std::chrono::seconds clock_offset{0};
    std::string region;  ///< of the bucket
    const signers::Credentials* keys = nullptr;
    bool clock_tried = false, region_tried = false, keys_tried = false;
  };
  io::Request make_request(const Job&, const Attempt&) const;
  const std::string& region_of(const Attempt& a) const {
    return a.region.empty() ? endpoint_.region() : a.region;
  }
  /// A new bucket at the vendor is made where it was asked for, or not at all: where one of its name was, or
  /// a refusal names, is another country.
  bool may_move(const Job& job) const { return !job.draft_for || !endpoint_.is_public(); }
  std::chrono::sys_seconds now() const;
  /// Waits until the store's rate allows another request, or for a stop.
  scheduler::Task<void> turn(Call);
  /// Lends the worker's slot meanwhile. False: stopped.
  scheduler::Task<bool> rest(Call, std::chrono::milliseconds pause);
  /// Acts on a refusal that a change of ours repairs (clock, region). True: repeat.
  bool repair(const Job&, const ServiceError&, std::optional<std::chrono::seconds> clock_off, Attempt&);
  /// The same for keys that have ended, where new ones can be had.
  scheduler::Task<bool> renew_keys(Call, const Job*, const ServiceError*, Attempt*);

  // store_payload.cpp: bodies of S3, with checksums and signed payloads as the endpoint takes them.
  Answer<Sent> send_body(Call, Job);
  Answer<Sent> send_s3_body(Call, Job);
  Answer<Sent> send_s3_forms(Call, Job, bool* framing_stored);
  Answer<Sent> send_form(Call, Job, bool with_checksum, bool signed_payload);
  bool checksums_wanted() const;

  // store_complete.cpp
  Answer<Sent> send_complete(Call, Ref, std::string upload_id, std::vector<PartInfo>, CompleteOptions);
  Answer<PutReply> joined_already(Call, Ref, std::vector<PartInfo>, CompleteOptions,
                                  std::chrono::sys_seconds begun, bool certain_only);

  /// Names as the store wants them, checked (COS: with the appid).
  Result<Ref> resolve(Ref) const;
  Result<std::string> resolve_bucket(std::string bucket) const;
  /// What the signature says the request is about.
  signers::Resource signed_resource(const Ref&) const;
  std::string full_bucket(const std::string& bucket) const;
  CopySource copy_source(const Ref& from) const;
  /// Fills operation, target and attempts where they are missing.
  Unexpected failed(Error, const std::string& operation, const Ref&, int attempts = 0) const;
  Answer<Reply> simple(Call, Draft);
  /// An error when the object is there already: of stores that cannot refuse to overwrite, and before much
  /// is sent for nothing. `refused_later`: by the store, so that this question may go unanswered.
  Answer<Reply> refuse_existing(Call, std::string operation, Ref, bool refused_later);

  StoreConfig config_;
  Endpoint endpoint_;
  std::string scheme_;
  std::string identity_;
  std::shared_ptr<const signers::Signer> signer_;
  std::shared_ptr<LiveCredentials> keys_;
  Learned learned_;
  Pace pace_;
};

/// Takes the answer's headers with it.
Reply reply_of(const Dialect&, Sent&);
PutReply put_reply_of(const Dialect&, Sent&);
/// What an answer's headers tell of the object's content.
PutReply published_by(const Dialect&, const io::Headers&);
ObjectInfo object_of(const Dialect&, std::string key, const io::Response&);

}  // namespace sluice::engine
