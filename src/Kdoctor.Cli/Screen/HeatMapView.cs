using System.Globalization;
using Kdoctor.Core.Reports;
using Spectre.Console;

namespace Kdoctor.Cli.Screen;

/// <summary>
/// Prints heat maps within the page's width.
/// 1. Cells are as wide as there is room for, at most three characters.
/// 2. Where even one character each is too wide, n x n cells become one that shows the worst of them. A map without any trouble is
///    made as short as <see cref="HealthyRows"/> lines in the same way, and a map of few columns as short as <see cref="MostRows"/>.
/// 3. Rows carry numbers and names, columns numbers; what the numbers mean is said below.
/// </summary>
internal sealed class HeatMapView(Page page)
{
    private const int HealthyRows = 10;
    private const int MostRows = 64;
    private const int WidestLabel = 28;
    private const int MostColumnNames = 20;

    private static readonly int[] NumberSteps = [1, 2, 5, 10, 20];

    private readonly SortedSet<CellState> shown = [];

    public void Print(HeatMap map)
    {
        var layout = Layout.Of(map, page.Width);
        var blocks = map.Blocks(layout.RowBlock, layout.ColumnBlock);
        page.Heading(SafeText.Of(map.Title));
        PrintColumnNumbers(map, layout);
        for (var row = 0; row < blocks.Length; row++)
            page.Line([Span.Plain(RowLabel(map, layout, row)), .. Cells(blocks[row], layout.CellWidth)]);
        PrintNotes(map, layout);
        shown.UnionWith(blocks.SelectMany(row => row));
    }

    /// <summary>Explains the symbols that the printed maps use.</summary>
    public void PrintLegend(ReportExpectation expect)
    {
        if (shown.Count == 0)
            return;
        var spans = new List<Span>();
        foreach (var state in shown)
        {
            spans.Add(new Span(CellLook.Symbol(state).ToString(), CellLook.Style(state)));
            spans.Add(Span.Plain($" {CellLook.Meaning(state, expect)} ".Replace(' ', Page.HardSpace) + " "));
        }
        page.Blank();
        page.Wrapped(2, 2, spans);
    }

    private static IEnumerable<Span> Cells(CellState[] row, int width) =>
        row.Select(state => new Span(CellLook.Symbol(state).ToString().PadRight(width), CellLook.Style(state)));

    private static string RowLabel(HeatMap map, Layout layout, int row)
    {
        var first = row * layout.RowBlock;
        var last = Math.Min(map.Rows.Count, first + layout.RowBlock) - 1;
        var numbers = first == last ? $"{first + 1}" : $"{first + 1}-{last + 1}";
        var name = SafeText.Of(map.Rows[first]);
        var label = Page.Clip(name, layout.LabelWidth);
        return $"  {numbers.PadLeft(layout.NumberWidth)} {label}{new string(' ', layout.LabelWidth - Page.Cells(label))} ";
    }

    // Numbers stand at the first of every so many columns, as many as fit without touching each other.
    private void PrintColumnNumbers(HeatMap map, Layout layout)
    {
        var count = (map.Columns.Count + layout.ColumnBlock - 1) / layout.ColumnBlock;
        var digits = map.Columns.Count.ToString(CultureInfo.InvariantCulture).Length;
        var step = NumberSteps.First(candidate => candidate * layout.CellWidth > digits);
        var line = new string(' ', layout.Gutter);
        for (var column = 0; column < count; column += step)
        {
            var number = $"{(column * layout.ColumnBlock) + 1}";
            if (layout.Gutter + (column * layout.CellWidth) + number.Length <= page.Width)
                line += number.PadRight(step * layout.CellWidth);
        }
        page.Line(Span.Faint(line.TrimEnd()));
    }

    private void PrintNotes(HeatMap map, Layout layout)
    {
        if (layout.RowBlock > 1 || layout.ColumnBlock > 1)
            page.Wrapped(2, 2, Span.Faint($"each character is the worst of {layout.RowBlock} x {layout.ColumnBlock} cells (rows x columns)"));
        if (map.ColumnsAsRows)
            return;
        for (var column = 0; column < Math.Min(map.Columns.Count, MostColumnNames); column++)
            page.Wrapped(2, 4, Span.Faint($"column {column + 1} is {SafeText.Of(map.Columns[column])}"));
        if (map.Columns.Count > MostColumnNames)
            page.Wrapped(2, 4, Span.Faint($"and {map.Columns.Count - MostColumnNames} more columns"));
    }

    /// <summary>Where a map's parts stand, in characters and in cells per character.</summary>
    private sealed record Layout(int NumberWidth, int LabelWidth, int CellWidth, int RowBlock, int ColumnBlock)
    {
        // Two before the number, one after it, one after the label.
        public int Gutter => NumberWidth + LabelWidth + 4;

        public static Layout Of(HeatMap map, int width)
        {
            var digits = map.Rows.Count.ToString(CultureInfo.InvariantCulture).Length;
            var label = Math.Min(map.Rows.Max(row => Page.Cells(SafeText.Of(row))), Math.Min(WidestLabel, width / 4));
            var layout = new Layout(digits, label, 1, 1, 1);
            var cellWidth = Enumerable.Range(1, 3).LastOrDefault(cell => map.Columns.Count * cell <= width - layout.Gutter, 0);
            var square = cellWidth > 0 ? 1 : Up(map.Columns.Count, width - layout.Gutter - digits - 1);
            if (map.IsHealthy)
                square = Math.Max(square, Up(map.Rows.Count, HealthyRows));
            var rows = Math.Max(square, map.Columns.Count < map.Rows.Count ? Up(map.Rows.Count, MostRows) : 1);
            var columns = map.Columns.Count < map.Rows.Count && cellWidth > 0 ? 1 : square;
            return rows == 1 && columns == 1
                ? layout with { CellWidth = cellWidth }
                : layout with { NumberWidth = (2 * digits) + 1, RowBlock = rows, ColumnBlock = columns, CellWidth = Widest(map.Columns.Count, columns, width - layout.Gutter - digits - 1) };
        }

        private static int Widest(int columns, int block, int room) => Math.Clamp(room / Up(columns, block), 1, 2);

        private static int Up(int count, int size) => (count + size - 1) / Math.Max(1, size);
    }
}
