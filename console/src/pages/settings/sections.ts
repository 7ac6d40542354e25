import { session } from "../../state/session.svelte";
import { t } from "../../text/en";
import { s } from "../../text/settings";

export interface Section {
  path: string;
  icon: string;
  title: string;
  text: string;
  isSeen: () => boolean;
}

/** What there is to set, each for those whose role sees it. */
export const settings: readonly Section[] = [
  {
    path: "/settings/account",
    icon: "user",
    title: t.account.title,
    text: t.account.intro,
    isSeen: () => true,
  },
  {
    path: "/settings/tokens",
    icon: "key-round",
    title: s.tokens.title,
    text: s.tokens.intro,
    isSeen: () => true,
  },
  {
    path: "/settings/organization",
    icon: "building-2",
    title: s.organization.title,
    text: s.organization.intro,
    isSeen: () => session.isAdmin,
  },
  {
    path: "/settings/users",
    icon: "users",
    title: t.users.title,
    text: t.users.intro,
    isSeen: () => session.may("view/user"),
  },
  {
    path: "/settings/roles",
    icon: "shield",
    title: s.roles.title,
    text: s.roles.intro,
    isSeen: () => session.may("view/role"),
  },
  {
    path: "/settings/hubs",
    icon: "map-pin",
    title: t.hubs.title,
    text: t.hubs.intro,
    isSeen: () => session.may("view/hub"),
  },
  {
    path: "/settings/webhooks",
    icon: "webhook",
    title: s.webhooks.title,
    text: s.webhooks.intro,
    isSeen: () => session.may("edit/webhook"),
  },
  {
    path: "/settings/audit",
    icon: "history",
    title: s.audit.title,
    text: s.audit.intro,
    isSeen: () => session.isAdmin,
  },
  {
    path: "/settings/mails",
    icon: "mail",
    title: s.mails.title,
    text: s.mails.intro,
    isSeen: () => session.isAdmin,
  },
  {
    path: "/settings/health",
    icon: "activity",
    title: s.health.title,
    text: s.health.intro,
    isSeen: () => session.isAdmin,
  },
];
