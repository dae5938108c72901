package io.covey.trainer.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of a directory's {@code checkpoint} file (TensorFlow's {@code CheckpointState} in protobuf's text format).
 *
 * @param newest path of the newest checkpoint, relative to the directory or absolute
 * @param all paths from the oldest to the newest
 */
record CheckpointState(String newest, List<String> all) {
    static final String FILE_NAME = "checkpoint";

    CheckpointState {
        all = List.copyOf(all);
    }

    /** The text for paths that need no escapes. */
    String encode() {
        StringBuilder text = new StringBuilder("model_checkpoint_path: \"" + newest + "\"\n");
        all.forEach(path ->
                text.append("all_model_checkpoint_paths: \"").append(path).append("\"\n"));
        return text.toString();
    }

    /** @throws MalformedException when the text cannot be parsed or does not name a newest checkpoint */
    static CheckpointState decode(String text) throws MalformedException {
        String newest = null;
        List<String> all = new ArrayList<>();
        TextFormat parser = new TextFormat(text);
        for (String field = parser.field(); !field.isEmpty(); field = parser.field()) {
            switch (field) {
                case "model_checkpoint_path" -> newest = parser.string();
                case "all_model_checkpoint_paths" -> all.add(parser.string());
                case "all_model_checkpoint_timestamps", "last_preserved_timestamp" -> parser.number();
                default -> throw parser.malformed("field " + field + " is not known");
            }
        }
        if (newest == null) {
            throw parser.malformed("model_checkpoint_path is missing");
        }
        return new CheckpointState(newest, all);
    }

    /** The scalar fields of a message in protobuf's text format. */
    private static final class TextFormat {
        private static final String ESCAPED = "abfnrtv\\'\"?";
        private static final String MEANING = "\u0007\b\f\n\r\t\u000b\\'\"?";

        private final String text;
        private int position;

        TextFormat(String text) {
            this.text = text;
        }

        MalformedException malformed(String message) {
            return new MalformedException(position, message);
        }

        private boolean atEnd() {
            return position == text.length();
        }

        private char peek() {
            return atEnd() ? '\0' : text.charAt(position);
        }

        private void skipBlanks() {
            while (!atEnd() && (Character.isWhitespace(peek()) || peek() == '#')) {
                if (peek() == '#') {
                    int lineEnd = text.indexOf('\n', position);
                    position = lineEnd < 0 ? text.length() : lineEnd;
                } else {
                    position++;
                }
            }
        }

        /** Name of the next field, with its colon consumed; empty at the end of the text. */
        String field() throws MalformedException {
            skipBlanks();
            int from = position;
            while (Character.isLetterOrDigit(peek()) || peek() == '_') {
                position++;
            }
            String name = text.substring(from, position);
            skipBlanks();
            if (name.isEmpty() ? !atEnd() : peek() != ':') {
                throw malformed("'name: value' is expected");
            }
            if (!name.isEmpty()) {
                position++;
                skipBlanks();
            }
            return name;
        }

        void number() throws MalformedException {
            int from = position;
            while (Character.isLetterOrDigit(peek()) || "+-.".indexOf(peek()) >= 0) {
                position++;
            }
            String number = text.substring(from, position);
            if (!number.matches("-?(inf|nan|(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?)f?")) {
                throw malformed("'" + number + "' is no number");
            }
        }

        /** A string in single or double quotes. */
        String string() throws MalformedException {
            char quote = peek();
            if (quote != '"' && quote != '\'') {
                throw malformed("a string in quotes is expected");
            }
            position++;
            WireWriter utf8 = new WireWriter();
            while (peek() != quote) {
                if (atEnd() || peek() == '\n') {
                    throw malformed("a string has no closing quote");
                }
                if (peek() == '\\') {
                    position++;
                    utf8.u8(escaped());
                } else {
                    int character = text.codePointAt(position);
                    utf8.bytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
                    position += Character.charCount(character);
                }
            }
            position++;
            return new WireReader(utf8.toByteArray()).utf8();
        }

        private int escaped() throws MalformedException {
            int meaning = atEnd() ? -1 : ESCAPED.indexOf(peek());
            if (meaning >= 0) {
                position++;
                return MEANING.charAt(meaning);
            }
            if (peek() == 'x') {
                position++;
                return digits(16, 2);
            }
            return digits(8, 3);
        }

        private int digits(int radix, int most) throws MalformedException {
            int value = 0;
            int count = 0;
            while (count < most && Character.digit(peek(), radix) >= 0) {
                value = value * radix + Character.digit(peek(), radix);
                position++;
                count++;
            }
            if (count == 0) {
                throw malformed("a string has an escape that is not known");
            }
            return value;
        }
    }
}
