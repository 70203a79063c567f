// Starts the dashboard.

import { createApp } from './view.js';
import { applyPreferences } from './preferences.js';
import { startRouter } from './router.js';
import { Shell } from './parts/shell.js';

applyPreferences();
startRouter();
createApp(Shell).mount('#app');
