// What is read from the configuration files of the vendors' own tools.
#include "cli/vendor_file.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "cli/ini.h"
#include "cli/obfuscated.h"
#include "cli/yaml_lines.h"
#include "home.h"
#include "signers/digest.h"

namespace sluice::cli {
namespace {

using test::Home;

std::string value(const VendorProfile& profile, const std::string& name) {
  const auto found = profile.values.find(name);
  return found == profile.values.end() ? "" : found->second.text;
}

TEST(VendorFile, OfOssutil1HasOneAccountUnderManyNames) {
  const auto profiles =
      parse_ossutil({"[Credentials]\nlanguage=EN\nendpoint=oss-cn-hangzhou.aliyuncs.com\n"
                     "accessKeyID=AK\naccess_key_secret = SK\nsts-token=T\n"
                     "[Bucket-Endpoint]\nb=other.example.com\n[Default]\nloglevel=info\n",
                     "f"});
  ASSERT_EQ(profiles.size(), 1u);
  EXPECT_EQ(profiles[0].name, "default");
  EXPECT_EQ(value(profiles[0], "access_key"), "AK");
  EXPECT_EQ(value(profiles[0], "secret_key"), "SK");
  EXPECT_EQ(value(profiles[0], "security_token"), "T");
  EXPECT_EQ(value(profiles[0], "endpoint"), "oss-cn-hangzhou.aliyuncs.com");
  EXPECT_EQ(profiles[0].values.at("secret_key").line, 5);
  EXPECT_EQ(profiles[0].values.size(), 4u);
}

TEST(VendorFile, OfOssutil2HasProfiles) {
  const auto profiles =
      parse_ossutil({"[default]\naccessKeyId = A\naccess-key-secret = S\nregion = cn-x\n"
                     "# a comment\n[profile dev]\nAccessKeyID=B\nAccessKeySecret=T\nmode=AK\n"
                     "[profile role]\nmode = EcsRamRole\naccessKeyId=C\naccessKeySecret=U\n"
                     "[profile arn]\nmode = RamRoleArn\naccessKeyId=D\naccessKeySecret=V\n",
                     "f"});
  ASSERT_EQ(profiles.size(), 4u);
  EXPECT_EQ(value(profiles[0], "region"), "cn-x");
  EXPECT_EQ(profiles[1].name, "dev");
  EXPECT_EQ(value(profiles[1], "access_key"), "B");
  EXPECT_EQ(value(profiles[2], "access_key"), "") << "the metadata service has them";
  EXPECT_TRUE(profiles[2].warnings.empty());
  EXPECT_EQ(value(profiles[3], "access_key"), "");
  EXPECT_EQ(profiles[3].warnings.size(), 1u);
}

constexpr const char* kCos = R"(cos:
  base:
    secretid: 9Hfl2FBvTy6OiIC0bSHqQnbHpAxejOmtwCnj+5kuN/beQ1lHjB+NSA6psd9+JBIz
    secretkey: "QRBxlVAJ+PNZGM44SweFYENHrfqxIE5ASN1ArR0FjRs="
    sessiontoken: 3kNZR4wfjUgOqbHffiQSMw==
    protocol: https
  buckets:
  - name: examplebucket-1250000000
    alias: ex
    region: ap-guangzhou
    endpoint: cos.ap-guangzhou.myqcloud.com
  - name: second-1250000000
    region: ap-guangzhou
)";

TEST(VendorFile, OfCoscliIsReadAsCoscliWritesIt) {
  const auto profiles = parse_coscli({kCos, "f"});
  ASSERT_EQ(profiles.size(), 1u);
  EXPECT_EQ(value(profiles[0], "access_key"), "AKIDFAKEexampleNotReal0123456789");
  EXPECT_EQ(value(profiles[0], "secret_key"), "FakeCosSecretKeyNotReal98765");
  EXPECT_FALSE(profiles[0].values.contains("security_token"));
  EXPECT_EQ(value(profiles[0], "region"), "ap-guangzhou");
  EXPECT_EQ(value(profiles[0], "appid"), "1250000000");
}

TEST(VendorFile, OfCoscliMayBePlainAndDisagreeOnRegions) {
  const auto profiles =
      parse_coscli({"cos:\n  base:\n    secretid: AKIDplain\n    secretkey: plainsecret\n"
                    "    disableencryption: \"true\"\n  buckets:\n  - name: a-1250000000\n"
                    "    region: ap-x\n  - name: b-1250000001\n    region: ap-y\n",
                    "f"});
  EXPECT_EQ(value(profiles[0], "access_key"), "AKIDplain");
  EXPECT_EQ(value(profiles[0], "secret_key"), "plainsecret");
  EXPECT_FALSE(profiles[0].values.contains("region"));
  EXPECT_FALSE(profiles[0].values.contains("appid"));
}

TEST(VendorFile, OfCoscliOnAMachineWithARoleHasNoKeys) {
  const auto profiles = parse_coscli(
      {std::string(kCos).replace(std::string(kCos).find("protocol"), 8, "mode: CvmRole\n    protocol"), "f"});
  EXPECT_FALSE(profiles[0].values.contains("access_key"));
  EXPECT_EQ(value(profiles[0], "region"), "ap-guangzhou");
}

TEST(VendorFile, OfTosutilIsFlat) {
  const auto profiles =
      parse_tosutil({"endpoint=tos-cn-beijing.volces.com\nregion=cn-beijing\nak=AKLTx\nsk=S==\ntoken=Provide "
                     "your security token\n",
                     "f"});
  EXPECT_EQ(value(profiles[0], "access_key"), "AKLTx");
  EXPECT_EQ(value(profiles[0], "secret_key"), "S==");
  EXPECT_EQ(value(profiles[0], "endpoint"), "tos-cn-beijing.volces.com");
  EXPECT_FALSE(profiles[0].values.contains("security_token"));
}

TEST(VendorFile, OfTosutilThatIsEncryptedIsSaidToBe) {
  const auto profiles = parse_tosutil({"ak=0badc0ffee\nsk=deadbeef\nregion=cn-beijing\n", "/f"});
  EXPECT_FALSE(profiles[0].values.contains("access_key"));
  EXPECT_EQ(value(profiles[0], "region"), "cn-beijing");
  ASSERT_EQ(profiles[0].warnings.size(), 1u);
  EXPECT_NE(profiles[0].warnings[0].find("tosutil"), std::string::npos);
  EXPECT_EQ(profiles[0].warnings[0].find("deadbeef"), std::string::npos);
}

std::string sealed(const std::string& plain, const std::string& key) {
  const std::string nonce = "twelve bytes";
  std::string out(plain.size(), '\0'), tag(16, '\0');
  int count = 0;
  EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nullptr, bytes(key), bytes(nonce));
  EVP_EncryptUpdate(cipher, reinterpret_cast<unsigned char*>(out.data()), &count, bytes(plain),
                    static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(cipher, nullptr, &count);
  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, 16, tag.data());
  EVP_CIPHER_CTX_free(cipher);
  return "ENC:" + signers::base64(nonce + out + tag);
}

TEST(VendorFile, OfVeTosCliIsOpenedWithTheKeyBesideIt) {
  Home home;
  const std::string key(32, 'k');
  home.write(".tos/.key", key);
  const std::string path = home.write(
      ".tos/config.toml", "[default]\nregion = \"cn-a\"\naccess_key_id = \"AK\"\nsecret_access_key = \"" +
                              sealed("SECRET", key) + "\"\n[default.tos]\nregion = \"cn-b\"\n[work]\n" +
                              "access_key_id = \"W\"\nsecret_access_key = \"" +
                              sealed("X", std::string(32, 'o')) + "\"\n");
  const auto files = read_vendor_files(home.env, "tos");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path, path);
  EXPECT_EQ(files[0].tool, "ve-tos-cli");
  const VendorProfile* profile = files[0].profile();
  ASSERT_TRUE(profile);
  EXPECT_EQ(value(*profile, "secret_key"), "SECRET");
  EXPECT_EQ(value(*profile, "region"), "cn-b");

  home.variables["TOS_PROFILE"] = "work";
  const auto again = read_vendor_files(home.env, "tos");
  ASSERT_TRUE(again[0].profile());
  EXPECT_FALSE(again[0].profile()->values.contains("access_key")) << "no key without its secret";
  EXPECT_EQ(again[0].profile()->warnings.size(), 1u);
}

TEST(VendorFile, OfQsctlGivesAHostOfItsOwnAsAnEndpoint) {
  const auto own = parse_qingstor(
      {"access_key_id: 'AK'\nsecret_access_key: \"S#K\"  # mine\nhost: store.test\nport: 8080\n"
       "protocol: http\nzone: pek3a\nlog_level: warn\n",
       "f"});
  EXPECT_EQ(value(own[0], "access_key"), "AK");
  EXPECT_EQ(value(own[0], "secret_key"), "S#K");
  EXPECT_EQ(value(own[0], "endpoint"), "http://store.test:8080");
  EXPECT_EQ(value(own[0], "region"), "pek3a");
  EXPECT_FALSE(own[0].values.contains("log_level"));
  const auto usual = parse_qingstor({"host: qingstor.com\nport: 443\nprotocol: https\n", "f"});
  EXPECT_FALSE(usual[0].values.contains("endpoint"));
}

TEST(VendorFile, OfAwsComesInTwoAndWithNestedBlocks) {
  Home home;
  home.write(".aws/credentials",
             "[default]\naws_access_key_id = A\naws_secret_access_key = S\n\n[work]\naws_access_key_id=B\n"
             "aws_secret_access_key=T\naws_session_token=U==\n");
  home.write(
      ".aws/config",
      "[default]\nregion = eu-1\ns3 =\n    endpoint_url = http://nested\n    region = nested\noutput = json\n"
      "[profile work]\nregion = eu-2\nendpoint_url = http://minio\n[sso-session x]\nregion = no\n"
      "[profile role]\nrole_arn = arn:x\nsource_profile = default\n"
      "[profile tool]\ncredential_process = /bin/keys --a \"b c\"\n");
  auto files = read_vendor_files(home.env, "s3");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(value(*files[0].profile(), "access_key"), "A");
  EXPECT_EQ(value(*files[1].profile(), "region"), "eu-1");
  EXPECT_EQ(value(*files[1].profile(), "endpoint"), "");
  home.variables["AWS_PROFILE"] = "work";
  files = read_vendor_files(home.env, "s3");
  EXPECT_EQ(value(*files[0].profile(), "security_token"), "U==");
  EXPECT_EQ(value(*files[1].profile(), "endpoint"), "http://minio");
  home.variables["AWS_PROFILE"] = "role";
  files = read_vendor_files(home.env, "s3");
  EXPECT_EQ(files[0].profile(), nullptr);
  EXPECT_EQ(files[1].profile()->warnings.size(), 1u);
  home.variables["AWS_PROFILE"] = "tool";
  files = read_vendor_files(home.env, "s3");
  EXPECT_EQ(value(*files[1].profile(), "credential_process"), "/bin/keys --a \"b c\"");
}

TEST(VendorFile, IsLookedForWhereItsToolsVariableSays) {
  Home home;
  home.write(".aws/credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = S\n");
  home.variables["AWS_SHARED_CREDENTIALS_FILE"] =
      home.write("elsewhere", "[default]\naws_access_key_id = B\naws_secret_access_key = T\n");
  const auto files = read_vendor_files(home.env, "s3");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(value(*files[0].profile(), "access_key"), "B");
}

TEST(VendorFile, WithOneHalfOfAPairHasNone) {
  Home home;
  home.write(".ossutilconfig", "[default]\naccessKeyId=A\nstsToken=T\nregion=r\n");
  const auto files = read_vendor_files(home.env, "oss");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].profile()->values.size(), 1u);
}

TEST(VendorFile, OfAnyNonsenseIsNoFailure) {
  for (const std::string& text :
       {std::string(), std::string("\0\xff[", 3), std::string("[[[\n=\n:\n- \n  x\n\"a"),
        std::string("cos:\n\tbase"), std::string("a = [1,\n"), std::string("[profile ]\n = \n")}) {
    parse_ossutil({text, "f"});
    parse_coscli({text, "f"});
    parse_tosutil({text, "f"});
    parse_ve_tos({text, "f"});
    parse_qingstor({text, "f"});
    parse_aws({text, "f"});
  }
}

TEST(Obfuscated, TextsThatWereNeverHiddenStayAsTheyAre) {
  for (const std::string text : {"", "AKIDplain", "QUJDREVGR0hJSktMTU5PUA==", "not base64!"})
    EXPECT_EQ(coscli_secret(text), text);
  EXPECT_EQ(ve_tos_secret("plain", ""), "plain");
  EXPECT_EQ(ve_tos_secret("ENC:####", std::string(32, 'k')), std::nullopt);
  EXPECT_EQ(ve_tos_secret(sealed("x", std::string(32, 'k')), "short"), std::nullopt);
}

}  // namespace
}  // namespace sluice::cli
