using CsCheck;
using Kdoctor.Cli.Screen;
using Xunit;

namespace Kdoctor.Tests.Cli.Screen;

public sealed class HeatMapTests
{
    private static readonly Gen<HeatMap> Maps = Gen.Select(Gen.Int[1, 260], Gen.Int[1, 260], Gen.Int[0, 1_000_000]).Select((rows, columns, seed) =>
    {
        var random = new Random(seed);
        var cells = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => random.Next(50) == 0 ? (CellState)random.Next(11) : CellState.Healthy).ToArray()).ToArray();
        return new HeatMap("map", [.. Enumerable.Range(1, rows).Select(n => $"agent-{n}")], [.. Enumerable.Range(1, columns).Select(n => $"agent-{n}")], true, cells);
    });

    [Fact]
    public void A_block_shows_the_worst_of_its_cells_and_nothing_is_lost() => Gen.Select(Maps, Gen.Int[1, 9], Gen.Int[1, 9]).Sample((map, rows, columns) =>
    {
        var blocks = map.Blocks(rows, columns);
        Assert.Equal((map.Rows.Count + rows - 1) / rows, blocks.Length);
        for (var row = 0; row < map.Rows.Count; row++)
        {
            for (var column = 0; column < map.Columns.Count; column++)
                Assert.True(blocks[row / rows][column / columns] >= map.Cells[row][column]);
        }
        Assert.Equal(map.Cells.Max(row => row.Max()), blocks.Max(row => row.Max()));
    }, iter: 30);

    [Fact]
    public void A_map_fits_any_width_and_shows_the_worst_cell() => Gen.Select(Maps, Gen.Int[40, 220]).Sample((map, width) =>
    {
        var screen = Screens.On(width, false, console => new HeatMapView(new Page(console)).Print(map));
        Assert.All(screen.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Assert.Contains(CellLook.Symbol(map.Cells.Max(row => row.Max())), screen);
    }, iter: 60);
}
