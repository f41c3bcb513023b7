import type { App } from "@comanda/service-kit";
import type { Menu } from "../use-cases/change-menu.ts";
import { registerCreateCategory } from "./create-category.ts";
import { registerCreateProduct } from "./create-product.ts";
import { registerDeleteCategory } from "./delete-category.ts";
import { registerDeleteProduct } from "./delete-product.ts";
import { registerEditCategory } from "./edit-category.ts";
import { registerEditProduct } from "./edit-product.ts";
import { registerListCategories } from "./list-categories.ts";
import { registerListProducts } from "./list-products.ts";
import { createMenuAnswers } from "./menu-answers.ts";
import { registerReadCategory } from "./read-category.ts";
import { registerReadProduct } from "./read-product.ts";
import { registerReadProductImage } from "./read-product-image.ts";
import { registerStoreProductImage } from "./store-product-image.ts";

/** `/categories` and `/products`. */
export function registerCatalogueRoutes(app: App, menu: Menu): void {
  const answers = createMenuAnswers(menu.catalogue);
  registerListCategories(app, answers);
  registerReadCategory(app, answers);
  registerCreateCategory(app, menu);
  registerEditCategory(app, menu);
  registerDeleteCategory(app, menu);
  registerListProducts(app, answers);
  registerReadProduct(app, answers);
  registerCreateProduct(app, menu);
  registerEditProduct(app, menu);
  registerDeleteProduct(app, menu);
  registerStoreProductImage(app, menu);
  registerReadProductImage(app, menu);
}
