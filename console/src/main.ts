import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { keepFocus } from "./focus";
import { theme } from "./state/theme.svelte";

theme.apply();
keepFocus();
mount(App, { target: document.body });
