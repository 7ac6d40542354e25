import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { theme } from "./state/theme.svelte";

theme.apply();
mount(App, { target: document.body });
