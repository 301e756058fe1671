using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// A fix of one document. Fix All makes its edits together, so that those of one statement or import do not collide as texts.
/// </summary>
public abstract class EditingCodeFix : CodeFixProvider
{
    private protected abstract string Title { get; }

    public sealed override FixAllProvider GetFixAllProvider() =>
        FixAllProvider.Create((context, document, diagnostics) => FixAsync(document, diagnostics, context.CancellationToken)!);

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var (root, model) = await ReadAsync(context.Document, context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (Prepare(root, model, diagnostic, context.CancellationToken) is not null)
            {
                context.RegisterCodeFix(
                    CodeAction.Create(
                        Title,
                        cancellationToken => FixAsync(context.Document, [diagnostic], cancellationToken),
                        GetType().Name
                    ),
                    diagnostic
                );
            }
        }
    }

    /// <summary>The edit that mends a diagnostic; <see langword="null"/> where there is none.</summary>
    private protected abstract Edit? Prepare(
        SyntaxNode root,
        SemanticModel model,
        Diagnostic diagnostic,
        CancellationToken cancellationToken
    );

    private async Task<Document> FixAsync(Document document, ImmutableArray<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var (root, model) = await ReadAsync(document, cancellationToken).ConfigureAwait(false);
        var edits = diagnostics.Select(d => Prepare(root, model, d, cancellationToken)).Where(e => e is not null).ToList();
        var editor = new SyntaxEditor(root, document.Project.Solution.Services);
        foreach (var edit in edits)
        {
            edit!.Apply(editor);
        }

        var changed = (CompilationUnitSyntax)editor.GetChangedRoot();
        foreach (var import in edits.Select(e => e!.Import).Where(i => i is not null).Distinct())
        {
            changed = Import(changed, import!);
        }

        return document.WithSyntaxRoot(changed);
    }

    private static async Task<(SyntaxNode Root, SemanticModel Model)> ReadAsync(Document document, CancellationToken cancellationToken) =>
        (
            (await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false))!,
            (await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false))!
        );

    private static CompilationUnitSyntax Import(CompilationUnitSyntax unit, string name)
    {
        if (unit.Usings.Any(u => u.Name?.ToString() == name))
        {
            return unit;
        }

        var directive = SyntaxFactory
            .UsingDirective(SyntaxFactory.ParseName(name))
            .NormalizeWhitespace()
            .WithTrailingTrivia(SyntaxFactory.EndOfLine(LineEnd(unit)));
        var index = unit
            .Usings.TakeWhile(u => u.StaticKeyword.RawKind == 0 && u.Alias is null && Sorts(u.Name?.ToString() ?? "", name))
            .Count();
        return unit.Usings.Count == 0 ? unit.WithoutLeadingTrivia().AddUsings(directive.WithLeadingTrivia(unit.GetLeadingTrivia()))
            : index > 0 ? unit.WithUsings(unit.Usings.Insert(index, directive))
            : unit.WithUsings(
                unit.Usings.Replace(unit.Usings[0], unit.Usings[0].WithoutLeadingTrivia())
                    .Insert(0, directive.WithLeadingTrivia(unit.Usings[0].GetLeadingTrivia()))
            );
    }

    private static bool Sorts(string left, string right) =>
        IsSystem(left) != IsSystem(right) ? IsSystem(left) : string.CompareOrdinal(left, right) < 0;

    private static bool IsSystem(string name) => name == "System" || name.StartsWith("System.", StringComparison.Ordinal);

    private static string LineEnd(SyntaxNode node) => node.ToFullString().Contains("\r\n") ? "\r\n" : "\n";

    /// <param name="Apply">Makes it.</param>
    /// <param name="Import">A namespace that it needs and that isn't imported; <see langword="null"/> when there is none.</param>
    private protected sealed record Edit(Action<SyntaxEditor> Apply, string? Import = null);
}
