using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Deployment.Toolkit.Databases.PostgreSql;
using Deployment.Toolkit.Lint;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Deployment.Toolkit.Analyzers;

/// <summary>DTK5006: what a migration of EF Core does to rows in use, to the release that runs and to those who wait.</summary>
public sealed class MigrationOperationAnalyzer : CodeRule
{
    private const string Builder = "MigrationBuilder";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.OperationLosesOrLocks];

    internal override void Start(CodeActions code)
    {
        if (code.Compilation.GetTypeByMetadataName($"{MigrationClass.EntityFramework}.{Builder}") is not null)
        {
            // A generated migration of thousands of calls is read once for what it makes, not once a call.
            var made = new ConcurrentDictionary<MethodDeclarationSyntax, IReadOnlyList<LintName>>();
            code.OnCall(
                context => Analyze(context, made),
                "DropTable",
                "DropColumn",
                "RenameTable",
                "RenameColumn",
                "AlterColumn",
                "AddColumn",
                "CreateIndex",
                "Sql"
            );
        }
    }

    private static void Analyze(
        SyntaxNodeAnalysisContext context,
        ConcurrentDictionary<MethodDeclarationSyntax, IReadOnlyList<LintName>> made
    )
    {
        var call = (InvocationExpressionSyntax)context.Node;
        if (
            call.FirstAncestorOrSelf<MethodDeclarationSyntax>() is not { Identifier.ValueText: "Up" } up
            || context.SemanticModel.GetSymbolInfo(call, context.CancellationToken).Symbol
                is not IMethodSymbol { ContainingType.Name: Builder } method
            || up.Parent is not ClassDeclarationSyntax declaration
            || MigrationClass.Of(declaration, context.SemanticModel, context.CancellationToken)
                is not { Kind: MigrationClass.EntityFramework }
        )
        {
            return;
        }

        var arguments = Arguments.Of(call, method, context.SemanticModel, context.CancellationToken);
        var dialect = MigrationDialect.Of(context.Compilation, context.CancellationToken);
        if (method.Name == "Sql")
        {
            if (dialect is not null && arguments.Text("sql") is { } sql)
            {
                var run = new LintRun();
                foreach (var table in MadeBy(up))
                {
                    run.Make(LintKinds.Table, table.Schema == dialect.DefaultSchema ? table with { Schema = "" } : table);
                }

                foreach (var finding in ScriptLint.Judge(dialect, sql, run, isOutside: false))
                {
                    if (finding.Rule.Severity is not LintSeverity.Information)
                    {
                        Report(MigrationLintAnalyzer.Message(finding));
                    }
                }
            }

            return;
        }

        if (
            (method.Name is "DropTable" or "RenameTable" ? arguments.Text("name") : arguments.Text("table")) is { } name
            && WhatOf(method.Name, name, arguments, call, dialect) is { } what
            && !MadeBy(up).Any(table => table.Name == name)
        )
        {
            Report(what);
        }

        IReadOnlyList<LintName> MadeBy(MethodDeclarationSyntax method) =>
            made.GetOrAdd(method, body => Made(body, context.SemanticModel, context.CancellationToken));

        void Report(string message) =>
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.OperationLosesOrLocks, CalledName(call)?.GetLocation() ?? call.GetLocation(), message)
            );
    }

    private static string? WhatOf(
        string method,
        string table,
        Arguments arguments,
        InvocationExpressionSyntax call,
        LintDialect? dialect
    ) =>
        method switch
        {
            "DropTable" =>
                $"Dropping table '{table}' loses its rows, and the release that runs now fails where it still uses it. Drop it one "
                    + "release after the last that uses it.",
            "DropColumn" =>
                $"Dropping column '{arguments.Text("name")}' of '{table}' loses its values, and the release that runs now fails where "
                    + "it still uses it. Drop it one release after the last that uses it.",
            "RenameTable" =>
                $"Renaming table '{table}' breaks the release that runs now, and the way back to it. Keep the name with ToTable, or "
                    + "leave a view of the old name behind it.",
            "RenameColumn" =>
                $"Renaming column '{arguments.Text("name")}' of '{table}' breaks the release that runs now, and the way back to it. "
                    + "Keep the name with HasColumnName, or add a column and drop the old one a release later.",
            "AlterColumn" => Altered(table, arguments),
            "AddColumn"
                when arguments.Value("nullable") is false
                    && !arguments.Has("defaultValue")
                    && !arguments.Has("defaultValueSql")
                    && !arguments.Has("computedColumnSql")
                    && !Annotated(call, "Identity")
                    && !Annotated(call, "ValueGenerationStrategy") =>
                $"Column '{arguments.Text("name")}' is required and has no default: that fails as soon as '{table}' has a row. Give it a "
                    + "defaultValue.",
            "CreateIndex" when dialect is PostgreSqlLint && !Annotated(call, "Npgsql:CreatedConcurrently") =>
                $"Building the index keeps everybody from writing to '{table}' until every row is indexed. Build it beside the writes: "
                    + "IsCreatedConcurrently() on the index in the model.",
            _ => null,
        };

    private static string? Altered(string table, Arguments arguments)
    {
        var name = arguments.Text("name");
        if (
            arguments.Text("type") is { } type
            && arguments.Text("oldType") is { } old
            && !type.Equals(old, StringComparison.OrdinalIgnoreCase)
        )
        {
            return $"Changing the type of '{name}' from '{old}' to '{type}' breaks the release that runs now where it reads or writes the old one, "
                + $"and may write '{table}' anew while nobody can use it. Add a column of the new type, and drop '{name}' a release later.";
        }

        return arguments.Value("nullable") is false && arguments.Value("oldNullable") is true
            ? $"Column '{name}' of '{table}' becomes required: every row is checked while nobody can use the table, and the release that runs now "
                + "may still write none. Fill it with a release before."
            : null;
    }

    // Nobody uses what the migration has made itself.
    private static IReadOnlyList<LintName> Made(MethodDeclarationSyntax up, SemanticModel model, CancellationToken cancellationToken) =>
        [
            .. up.DescendantNodes()
                .OfType<InvocationExpressionSyntax>()
                .Where(call => CalledName(call)?.Identifier.ValueText == "CreateTable")
                .Select(call =>
                    model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method
                    && Arguments.Of(call, method, model, cancellationToken) is var arguments
                    && arguments.Text("name") is { } name
                        ? new LintName(arguments.Text("schema") ?? "", name, name)
                        : null
                )
                .OfType<LintName>(),
        ];

    private static bool Annotated(InvocationExpressionSyntax call, string name) =>
        call.Ancestors()
            .TakeWhile(node => node is MemberAccessExpressionSyntax or InvocationExpressionSyntax)
            .OfType<InvocationExpressionSyntax>()
            .Any(outer => outer.ArgumentList.Arguments.FirstOrDefault()?.ToString().Contains(name) == true);

    private static SimpleNameSyntax? CalledName(InvocationExpressionSyntax call) =>
        call.Expression switch
        {
            MemberAccessExpressionSyntax member => member.Name,
            SimpleNameSyntax name => name,
            _ => null,
        };

    private sealed class Arguments(Dictionary<string, object?> values)
    {
        public static Arguments Of(
            InvocationExpressionSyntax call,
            IMethodSymbol method,
            SemanticModel model,
            CancellationToken cancellationToken
        )
        {
            var values = new Dictionary<string, object?>(StringComparer.Ordinal);
            var at = 0;
            foreach (var argument in call.ArgumentList.Arguments)
            {
                var name =
                    argument.NameColon?.Name.Identifier.ValueText ?? (at < method.Parameters.Length ? method.Parameters[at].Name : "");
                at++;
                var value = model.GetConstantValue(argument.Expression, cancellationToken);
                values[name] = value.HasValue ? value.Value : argument.Expression;
            }

            return new Arguments(values);
        }

        public bool Has(string name) => values.TryGetValue(name, out var value) && value is not null;

        public object? Value(string name) => values.TryGetValue(name, out var value) ? value : null;

        public string? Text(string name) => Value(name) as string;
    }
}
