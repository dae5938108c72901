/** Root package of the module. */
package io.covey.server;
