#!/usr/bin/env node
'use strict'
import('./launch.mjs').then(({ launch }) => launch('zookeeper-server-start.sh'))
