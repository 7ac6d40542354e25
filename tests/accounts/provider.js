// An identity provider that signs in whoever types a name, as the e-mail that they type.
import Provider from "oidc-provider";

const [port, service] = process.argv.slice(2);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "transload",
      client_secret: "a secret of: both %",
      redirect_uris: [`${service}/sso/callback`],
      post_logout_redirect_uris: [`${service}/console/`],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  pkce: { required: () => true },
  cookies: { keys: ["a key of the test's"] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id,
      email_verified: !id.startsWith("unverified"),
      name: "Ada of the provider",
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
