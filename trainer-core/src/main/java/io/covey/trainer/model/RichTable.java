package io.covey.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table as the Python library rich draws it for Keras 3: heavy lines around the head, cells wrapped at blanks. */
final class RichTable {
    private static final Pattern WORD = Pattern.compile("\\s*\\S+\\s*");

    /** A blank on either side of a cell. */
    private static final int PADDING = 2;

    /** Where a cell's text stands. */
    enum Justify {
        LEFT,
        CENTER,
        RIGHT
    }

    private final int[] widths;
    private final List<Justify> justify;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * A table.
     *
     * @param length width in characters
     * @param ends of the columns, as fractions of the width
     */
    RichTable(int length, double[] ends, List<Justify> justify) {
        this.justify = justify;
        widths = new int[ends.length];
        int before = 0;
        for (int i = 0; i < widths.length; i++) {
            int end = (int) (ends[i] * length);
            widths[i] = Math.min(end - before + PADDING, length - widths.length - 1);
            before = end;
        }
        reduce(Arrays.stream(widths).sum() - (length - widths.length - 1));
    }

    /** Takes what the borders and the padding need from all columns alike; Python rounds halves to even numbers. */
    private void reduce(int excess) {
        int remaining = excess;
        for (int i = 0; i < widths.length; i++) {
            int part = (int) Math.rint(remaining / (double) (widths.length - i));
            widths[i] -= part;
            remaining -= part;
        }
    }

    /** Adds a row, first the head. */
    void add(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    String render() {
        StringBuilder text = new StringBuilder(border('┏', '━', '┳', '┓'));
        for (int i = 0; i < rows.size(); i++) {
            text.append(row(rows.get(i), i == 0));
            text.append(
                    i == rows.size() - 1
                            ? border('└', '─', '┴', '┘')
                            : i == 0 ? border('┡', '━', '╇', '┩') : border('├', '─', '┼', '┤'));
        }
        return text.toString();
    }

    private String border(char left, char line, char cross, char right) {
        StringBuilder text = new StringBuilder().append(left);
        for (int i = 0; i < widths.length; i++) {
            text.append(String.valueOf(line).repeat(widths[i])).append(i == widths.length - 1 ? right : cross);
        }
        return text.append('\n').toString();
    }

    private String row(List<String> cells, boolean isHead) {
        char edge = isHead ? '┃' : '│';
        List<List<String>> wrapped = new ArrayList<>();
        int height = 1;
        for (int i = 0; i < widths.length; i++) {
            wrapped.add(wrap(cells.get(i), widths[i] - PADDING));
            height = Math.max(height, wrapped.get(i).size());
        }
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < height; line++) {
            text.append(edge);
            for (int i = 0; i < widths.length; i++) {
                List<String> lines = wrapped.get(i);
                // Words of the head stand at the bottom, those of a row at the top.
                int place = isHead ? line - (height - lines.size()) : line;
                String content = place >= 0 && place < lines.size() ? lines.get(place) : "";
                text.append(' ')
                        .append(place(content, widths[i] - PADDING, justify.get(i)))
                        .append(' ')
                        .append(edge);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static List<String> wrap(String cell, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        Matcher words = WORD.matcher(cell);
        while (words.find()) {
            String word = words.group();
            if (line.length() > 0 && line.length() + word.stripTrailing().length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    private static String place(String content, int width, Justify justify) {
        String text = content.stripTrailing();
        if (text.length() > width) {
            return text.substring(0, width - 1) + "…";
        }
        int free = width - text.length();
        int left =
                switch (justify) {
                    case LEFT -> 0;
                    case CENTER -> free / 2;
                    case RIGHT -> free;
                };
        return " ".repeat(left) + text + " ".repeat(free - left);
    }
}
