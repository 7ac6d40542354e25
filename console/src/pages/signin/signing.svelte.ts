import { Refused, session, type Proof, type Ways } from "../../state/session.svelte";
import { t } from "../../text/en";

const PREFIX = /^Bad request - invalid parameters provided\.\s*/;

/** One try after the other to sign in, and what came of the last. */
export class Signing {
  fault = $state("");
  isBusy = $state(false);

  /** Tells whether somebody is signed in now. */
  async try(proof: Proof): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.fault = "";
    try {
      await session.signIn(proof);
      return true;
    } catch (thrown) {
      this.fault = sentence(thrown);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}

/** The ways to sign in; by password, until the service has said otherwise. */
export class WaysIn {
  found = $state.raw<Ways>({ password: true, singleSignOn: null });

  constructor() {
    // Without an answer there is the form, which says what is wrong.
    session.ways().then(
      (ways) => (this.found = ways),
      () => undefined,
    );
  }

  /** Where single sign-on begins; it leads back to this page. */
  get address(): string | undefined {
    if (!this.found.singleSignOn) return undefined;
    const url = new URL(this.found.singleSignOn.link);
    const here = new URL(location.href);
    here.searchParams.delete("problem");
    url.searchParams.set("to", here.pathname + here.search);
    return url.href;
  }
}

/** Why single sign-on has led back without a session. */
export function problemOfAddress(): string {
  const problem = new URLSearchParams(location.search).get("problem") ?? "";
  return t.signIn.problems[problem] ?? "";
}

function sentence(thrown: unknown): string {
  if (!(thrown instanceof Refused)) return t.problem.offline;
  if (thrown.seconds) return t.signIn.wait(thrown.seconds);
  return thrown.message.replace(PREFIX, "") || t.problem.unexpected;
}

/** The secret of a link: it stands in the fragment, which no log or proxy sees. */
export function secretOfLink(): string {
  return location.hash.slice(1);
}
