#!/usr/bin/env node
'use strict'
import('./launch.mjs').then(({ launch }) => launch('stop_logs.sh'))
