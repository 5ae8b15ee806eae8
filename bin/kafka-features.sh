#!/usr/bin/env node
'use strict'
import('./launch.mjs').then(({ launch }) => launch('kafka-features.sh'))
