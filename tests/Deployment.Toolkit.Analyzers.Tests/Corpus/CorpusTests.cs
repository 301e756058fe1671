using System.Globalization;
using System.Text;

namespace Deployment.Toolkit.Analyzers.Tests.Corpus;

/// <summary>Hard cases in the manner of real applications: each is judged as it is marked, and each rule by all of them.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    private const double LeastPrecision = 0.95;
    private const double LeastRecall = 0.90;

    [FullRunFact]
    public async Task Each_rule_says_what_it_must_and_hardly_more()
    {
        var results = new List<(CorpusCase Case, CorpusResult Result)>();
        var faults = new List<string>();
        foreach (var each in CorpusCase.All)
        {
            try
            {
                results.Add((each, each.Judge(await each.AnalyzeAsync(TestContext.Current.CancellationToken))));
            }
            catch (Xunit.Sdk.XunitException e)
            {
                faults.Add(e.Message);
            }
        }

        var table = new StringBuilder("rule | right | too much | missed | precision | recall\n");
        var ids = results.SelectMany(r => r.Result.Right.Concat(r.Result.Missed.Select(m => m.Id)).Concat(r.Result.TooMuch.Select(m => m.Id)));
        foreach (var id in ids.Distinct().Order(StringComparer.Ordinal))
        {
            var right = results.Sum(r => r.Result.Right.Count(i => i == id));
            var missed = results.Sum(r => r.Result.Missed.Count(m => m.Id == id));
            var tooMuch = results.Sum(r => r.Result.TooMuch.Count(m => m.Id == id));
            var precision = right + tooMuch == 0 ? 1 : (double)right / (right + tooMuch);
            var recall = right + missed == 0 ? 1 : (double)right / (right + missed);
            table.Append(CultureInfo.InvariantCulture, $"{id} | {right} | {tooMuch} | {missed} | {precision:P0} | {recall:P0}\n");
            if (precision < LeastPrecision || recall < LeastRecall)
            {
                faults.Add($"{id} has a precision of {precision:P0} and a recall of {recall:P0}.");
            }
        }

        var files = CorpusCase.All.Sum(c => c.Files.Length);
        table.Append(CultureInfo.InvariantCulture, $"{CorpusCase.All.Length} applications, {files} files\n");
        output.WriteLine(table.ToString());
        foreach (var (each, result) in results)
        {
            var said = result.Missed.Concat(result.TooMuch).Select(m => m.What).ToList();
            foreach (var what in said)
            {
                output.WriteLine(what);
            }

            // A gap is named, counts above, and is taken out when it is closed.
            if (said.Count > 0 != each.Gap is not null)
            {
                faults.AddRange(said.DefaultIfEmpty($"{each.Name}: the gap is closed; take '# gap' out."));
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults) + "\n\n" + table);
    }

    [Fact]
    public void The_corpus_is_large_and_names_each_case_once()
    {
        Assert.Equal(CorpusCase.All.Length, CorpusCase.All.DistinctBy(c => c.Name).Count());
        Assert.True(CorpusCase.All.Sum(c => c.Files.Length) >= 300);
    }

    [Fact]
    public void Each_rule_has_a_case_in_it() =>
        Assert.Empty(RuleDocumentationTests.Ids.Select(static row => row.Data).Except(CorpusCase.All.SelectMany(static c => c.Files).SelectMany(static f => f.Planted).Select(static p => p.Id)));
}
