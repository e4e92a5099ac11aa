namespace Kdoctor.Cli.Screen;

/// <summary>Source agents against what they reached over one or more channels.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Rows">The source agents' names.</param>
/// <param name="Columns">The destinations' names.</param>
/// <param name="ColumnsAsRows">Whether column n belongs to the agent of row n; otherwise the columns are to be listed.</param>
/// <param name="Cells">Row by row.</param>
internal sealed record HeatMap(string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, bool ColumnsAsRows, CellState[][] Cells)
{
    public bool IsHealthy { get; } = Cells.All(row => row.All(cell => cell is CellState.Healthy or CellState.Slower or CellState.SomeLost));

    /// <summary>The same map with blocks of so many rows and columns as one cell each, the worst of the block.</summary>
    public CellState[][] Blocks(int rows, int columns)
    {
        var blocks = new CellState[(Rows.Count + rows - 1) / rows][];
        for (var r = 0; r < blocks.Length; r++)
        {
            blocks[r] = new CellState[(Columns.Count + columns - 1) / columns];
            for (var row = r * rows; row < Math.Min(Rows.Count, (r + 1) * rows); row++)
            {
                for (var column = 0; column < Columns.Count; column++)
                    blocks[r][column / columns] = (CellState)Math.Max((int)blocks[r][column / columns], (int)Cells[row][column]);
            }
        }
        return blocks;
    }
}
