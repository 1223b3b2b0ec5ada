// The host behind a certificate of its own.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "tests/web/program.h"
#include "tests/web/web_test.h"

namespace seathold::testing {
namespace {

// A certificate that vouches for itself, and its key.
void MakeCertificate(const std::string& cert_path, const std::string& key_path) {
  EVP_PKEY* const key = EVP_RSA_gen(2048);
  X509* const cert = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3'600);
  X509_set_pubkey(cert, key);
  X509_sign(cert, key, EVP_sha256());
  std::FILE* file = std::fopen(cert_path.c_str(), "w");
  PEM_write_X509(file, cert);
  std::fclose(file);
  file = std::fopen(key_path.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(cert);
  EVP_PKEY_free(key);
}

class TlsClient {
 public:
  TlsClient(std::uint16_t port, int version_max) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_min_proto_version(context_, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_, version_max);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    open_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;

  bool open() const { return open_; }
  std::string Ask(const std::string& request, const std::string& until) {
    SSL_write(ssl_, request.data(), static_cast<int>(request.size()));
    return ReadUntil(until);
  }
  std::string ReadUntil(const std::string& until) {
    std::string text;
    char chunk[4'096];
    while (text.find(until) == std::string::npos) {
      const int got = SSL_read(ssl_, chunk, sizeof chunk);
      if (got <= 0) break;
      text.append(chunk, static_cast<std::size_t>(got));
    }
    return text;
  }

 private:
  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool open_ = false;
};

class Tls : public WebTest {
 protected:
  void SetUp() override {
    WebTest::SetUp();
    MakeCertificate(folder_.Path("cert.pem"), folder_.Path("key.pem"));
    options.server.tls_cert = folder_.Path("cert.pem");
    options.server.tls_key = folder_.Path("key.pem");
    options.server.request_ms = 1'000;
    auto started = web::WebHost::Start(options, std::make_shared<cli::Log>("error"));
    ASSERT_TRUE(started.ok()) << started.status().text();
    tls_host_ = std::move(*started);
  }

  WebFolder folder_;
  std::unique_ptr<web::WebHost> tls_host_;
};

TEST_F(Tls, RequestsAndEventsAreServed) {
  TlsClient client(tls_host_->port(), TLS1_3_VERSION);
  ASSERT_TRUE(client.open());
  const std::string shows = client.Ask(RequestText({.path = "/api/shows"}), "\"server_time\"");
  EXPECT_TRUE(shows.starts_with("HTTP/1.1 200 OK")) << shows;
  const auto page = client.Ask(RequestText({.path = "/healthz"}), "ok\n");
  EXPECT_NE(page.find("ok\n"), std::string::npos);
}

TEST_F(Tls, OldVersionsAndPlainTextAreRefused) {
  EXPECT_FALSE(TlsClient(tls_host_->port(), TLS1_1_VERSION).open());
  EXPECT_TRUE(TlsClient(tls_host_->port(), TLS1_2_VERSION).open());
  WebConnection plain(tls_host_->port());
  plain.Send(RequestText({.path = "/healthz"}));
  EXPECT_TRUE(plain.Ends(10'000));
  WebConnection silent(tls_host_->port());  // a handshake has its time too
  EXPECT_TRUE(silent.Ends(30'000));
}

TEST_F(Tls, AKeyOfAnotherCertificateIsRefused) {
  MakeCertificate(folder_.Path("other.pem"), folder_.Path("other-key.pem"));
  options.server.tls_key = folder_.Path("other-key.pem");
  const auto started = web::WebHost::Start(options, std::make_shared<cli::Log>("off"));
  EXPECT_EQ(started.code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace seathold::testing
