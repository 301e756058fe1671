using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed class EngineShapeTests
{
    private const string Engine = "src/Deployment.Toolkit";
    private const double LeastResolved = 0.985;
    private const int MostLinesOfBuilder = 150;

    internal static readonly string[] Order =
    [
        "Registration", "Secrecy", "Steps", "Journal", "Environments", "Settings", "Options", "Inspection", "Pinning", "Reference", "Secrets", "Lint", "Databases", "DatabaseJournal", "Migrations", "Rehearsal", "Backup",
        "Schema", "Tenants", "Health", "Activation", "Renewal", "Evidence", "Promotion", "Planning", "Execution", "Dependencies", "Notifications", "Composition", "Figures", "Monitoring", "Isolation", "Preflight", "Hosting",
    ];

    internal static readonly string[] Leaves = ["Diagnostics", "Platform"];

    [Fact]
    public void Every_file_of_the_engine_lives_in_a_room_that_has_a_name() => Findings.None(
        Repository.Files(Engine, "*.cs").Where(static file => !Order.Contains(Room(file)) && !Leaves.Contains(Room(file))).Select(static file => $"{Repository.Relative(file)}:1"),
        $"Move the file into one of {string.Join(", ", Order.Concat(Leaves))}:");

    [Fact]
    public void A_room_uses_only_those_before_it() => Findings.None(
        from use in Uses.Value.Found
        where !MayUse(Room(use.From), Room(use.To))
        select $"{use.Place}: {Room(use.From)} uses {use.Symbol} of {Room(use.To)}",
        $"Data flows {string.Join(" → ", Order)}; {string.Join(" and ", Leaves)} may be used by all and use none (but Platform the codes). Move the code, or hand the data on:");

    [Fact]
    public void Folders_of_a_room_use_each_other_in_one_direction()
    {
        var uses = Uses.Value.Found.Where(static use => Room(use.From) == Room(use.To) && Folder(use.From) != Folder(use.To)).ToList();
        Assert.NotEmpty(uses);
        var reach = uses.GroupBy(static use => Folder(use.From)).ToDictionary(static group => group.Key, static group => group.Select(static use => Folder(use.To)).ToHashSet());
        for (var grown = true; grown;)
            grown = reach.Values.Aggregate(false, (some, to) => some | to.ToList().Aggregate(false, (more, next) => more | reach.GetValueOrDefault(next, []).ToList().Aggregate(false, (any, far) => to.Add(far) || any)));
        Findings.None(
            from use in uses
            where reach.GetValueOrDefault(Folder(use.To), []).Contains(Folder(use.From))
            select $"{use.Place}: {Folder(use.From)} uses {use.Symbol} of {Folder(use.To)}, which leads back to it",
            "Two folders that need each other are one, or one of them holds what belongs to the other. Move the code:");
    }

    [Fact]
    public void The_builder_is_a_table_of_contents_that_grows_by_no_line_when_a_capability_is_added()
    {
        var builder = Path.Combine(Repository.Root, Engine, "Registration", "DeploymentBuilder.cs");
        var lines = File.ReadAllLines(builder).Length;
        Assert.True(lines < MostLinesOfBuilder, $"{Repository.Relative(builder)} has {lines} lines, and fewer than {MostLinesOfBuilder} are enough: a capability's calls are extension methods in its own folder.");
        Findings.None(
            from type in Sources.Engine.GlobalNamespace.GetNamespaceMembers().Single(static space => space.Name == "Deployment").GetNamespaceMembers().Single(static space => space.Name == "Toolkit").GetTypeMembers()
            where type is { Name: "DeploymentBuilder" }
            from member in type.GetMembers().OfType<IMethodSymbol>()
            where member is { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsImplicitlyDeclared: false }
            select $"{Sources.PlaceOf(member.Locations[0])}: {member.Name}",
            "Make it an extension method in the folder of what it registers:");
    }

    [Fact]
    public void Nothing_outside_a_dialects_folder_knows_its_types()
    {
        var uses = Uses.Value.Found.Where(static use => Dialect(use.To) is not null).ToList();
        Assert.NotEmpty(uses);
        Findings.None(
            from use in uses
            where Dialect(use.From) != Dialect(use.To) && Folder(use.From) != $"{Engine}/Databases/Known"
            select $"{use.Place}: uses {use.Symbol} of {Dialect(use.To)}",
            "Ask the DatabaseDialect or the TargetDatabase, so that another database needs a folder and no change elsewhere:");
    }

    [Fact]
    public void Nothing_but_the_file_store_knows_the_journals_file_and_its_lock()
    {
        var uses = Uses.Value.Found.Where(static use => Path.GetFileName(use.To) == "JournalPaths.cs" && use.Symbol is "Journal" or "Lock").ToList();
        Assert.NotEmpty(uses);
        Findings.None(
            from use in uses
            where Path.GetFileName(use.From) is not ("JournalPaths.cs" or "JournalFile.cs" or "JournalFileWriter.cs")
            select $"{use.Place}: uses JournalPaths.{use.Symbol}",
            "Ask the JournalStore: a journal in a database has no such file:");
    }

    [Fact]
    public void The_order_of_rooms_is_judged_over_nearly_every_name() => Assert.True(
        Uses.Value.Found.Count > 2000 && Uses.Value.Resolved > LeastResolved,
        $"{Engine}: only {Uses.Value.Resolved:P1} of the names resolve, to {Uses.Value.Found.Count} uses of the engine's own: the compilation in Sources.cs is broken, and the order of rooms would not be seen.");

    private sealed record Use(string From, string To, string Symbol, string Place);

    private static readonly Lazy<(List<Use> Found, double Resolved)> Uses = new(static () =>
    {
        var found = new List<Use>();
        var (resolved, all) = (0, 0);
        foreach (var tree in Sources.Engine.SyntaxTrees.Where(static tree => tree.FilePath.Length > 0))
        {
            var model = Sources.Engine.GetSemanticModel(tree);
            foreach (var node in tree.GetRoot().DescendantNodes(static node => node is not UsingDirectiveSyntax).Where(static node => node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
            {
                var info = model.GetSymbolInfo(node);
                var symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
                if (node is SimpleNameSyntax) all++;
                if (node is SimpleNameSyntax && (symbol is not null || node is IdentifierNameSyntax { IsVar: true })) resolved++;
                if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol) continue;

                foreach (var declared in symbol.OriginalDefinition.Locations.Where(static location => location.IsInSource).Select(static location => location.SourceTree!.FilePath).Distinct())
                    found.Add(new Use(tree.FilePath, declared, symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? symbol.ContainingType.Name : symbol.Name, Sources.PlaceOf(node.GetLocation())));
            }
        }

        return (found, (double)resolved / all);
    });

    private static string Folder(string file) => Path.GetDirectoryName(Repository.Relative(file))!.Replace('\\', '/');

    private static string? Dialect(string file) => Folder(file) is var folder && folder.StartsWith($"{Engine}/Databases/", StringComparison.Ordinal) && !folder.EndsWith("/Known", StringComparison.Ordinal) ? folder : null;

    private static string Room(string file) => Repository.Relative(file).Split('/') is ["src", "Deployment.Toolkit", var room, _, ..] ? room : "";

    private static bool MayUse(string user, string used)
    {
        if (user == used) return true;
        // What the system refuses has a code of its own.
        if (Leaves.Contains(user)) return (user, used) is ("Platform", "Diagnostics");
        return Leaves.Contains(used) || (Array.IndexOf(Order, used) is >= 0 and var place && place < Array.IndexOf(Order, user));
    }
}
