#!/usr/bin/env node
'use strict'
import('./launch.mjs').then(({ launch }) => launch('kafka-metadata-quorum.sh'))
