using Kdoctor.TestKit.Fuzzing;
using SharpFuzz;

namespace Kdoctor.Fuzzing;

/// <summary>The side of coverage-guided fuzzing that is ours: eng/fuzz.sh calls it, with AFL++ on the other side.</summary>
internal static class Program
{
    private const string Usage = """
        usage: Kdoctor.Fuzzing COMMAND
          list                the names of the targets
          seeds TARGET DIR    writes what a target begins with into a folder: its seeds and its corpus
          keep TARGET DIR     takes the inputs of a folder into the corpus
          instrument          makes this program's own copy of kdoctor tell which branches it takes: once, in a folder that is thrown away
          run TARGET          reads inputs as AFL++ hands them over
          replay TARGET FILE  reads one input, and tells how a promise is broken
        """;

    private static readonly string[] Instrumented = ["Kdoctor.Core.dll", "Kdoctor.Probing.dll", "Kdoctor.ApiServer.dll", "kdoctor-controller.dll", "kdoctor-agent.dll"];

    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["list"]:
                Console.Out.WriteLine(string.Join('\n', FuzzTargets.All.Select(target => target.Name)));
                return 0;
            case ["seeds", var name, var folder] when FuzzTargets.Find(name) is { } target:
                WriteSeeds(target, folder);
                return 0;
            case ["keep", var name, var folder] when FuzzTargets.Find(name) is { } target:
                FuzzCorpus.Keep(target, Directory.EnumerateFiles(folder).Select(File.ReadAllBytes));
                return 0;
            case ["instrument"]:
                foreach (var file in Instrumented)
                    Console.Error.WriteLine($"{file}: {Fuzzer.Instrument(Path.Combine(AppContext.BaseDirectory, file), _ => true, Options.Value).Count()} types");
                return 0;
            case ["run", var name]:
                // Instrumented code has nowhere to tell its branches before this call: the target is looked for within it.
                Fuzzer.OutOfProcess.Run(stream => FuzzTargets.Find(name)!.Takes(BytesOf(stream)));
                return 0;
            case ["replay", var name, var file] when FuzzTargets.Find(name) is { } target:
                Console.Out.WriteLine(target.Takes(File.ReadAllBytes(file)) ? "taken" : "refused");
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static void WriteSeeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (place, input) in target.Seeds().Concat(FuzzCorpus.Of(target)).Index())
            File.WriteAllBytes(Path.Combine(folder, $"input-{place}"), input);
    }

    private static byte[] BytesOf(Stream stream)
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
