using Kdoctor.Benchmarks.Mesh;

namespace Kdoctor.Benchmarks;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["mesh", ..])
        {
#pragma warning disable RS0030 // The entry point is where the real clock enters.
            return await MeshCommand.RunAsync(args[1..], TimeProvider.System).ConfigureAwait(false);
#pragma warning restore RS0030
        }
        Console.Error.WriteLine("usage: Kdoctor.Benchmarks mesh [agents] [qps] [seconds]");
        return 2;
    }
}
